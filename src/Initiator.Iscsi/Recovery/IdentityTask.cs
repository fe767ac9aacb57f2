using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>The session's own command: it reads the VPD pages that say which logical unit a LUN is.</summary>
internal sealed class IdentityTask(SessionMachine machine, int index) : SessionTask(machine, index)
{
    // Longer pages are cut: what comes first tells units apart as well.
    private readonly byte[] _page = new byte[1024];

    public VpdPageCode Page { get; private set; }

    public Lun Lun => Command.Lun;

    public ReadOnlySpan<byte> Bytes => _page.AsSpan(0, Result.DataInLength);

    /// <summary>Makes it ready to ask for a page.</summary>
    public void Ask(Lun lun, VpdPageCode page)
    {
        if (Phase == TaskPhase.Ended) Clear();
        Page = page;
        ReadOnlySpan<byte> cdb = [0x12, 0x01, (byte)page, (byte)(_page.Length >> 8), (byte)(_page.Length & 0xFF), 0];
        Set(new IscsiCommand(lun, cdb), _page, default);
    }

    public override void Signal() => Machine.IdentityRead(this);
}
