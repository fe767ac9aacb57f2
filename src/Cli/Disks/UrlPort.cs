using Lunette.Initiator.Iscsi;
using Lunette.Scsi;

namespace Lunette.Cli.Disks;

/// <summary>A logical unit at a URL, over a session of this process' own.</summary>
internal sealed class UrlPort : IScsiPort
{
    private readonly IscsiInitiator _initiator;
    private readonly IscsiSession _session;
    private readonly Lun _lun;

    private UrlPort(IscsiInitiator initiator, IscsiSession session, Lun lun)
    {
        _initiator = initiator;
        _session = session;
        _lun = lun;
    }

    public int DataLengthMax => 8 << 20;

    /// <summary>Logs in.</summary>
    /// <exception cref="DiskCommandException">It cannot; the message says why.</exception>
    public static async Task<UrlPort> OpenAsync(UrlLogin login, IscsiUrl url)
    {
        var initiator = IscsiInitiator.Start(login.Node);
        try
        {
            var session = await IscsiSession.ConnectAsync(initiator, login.Session(url));
            return new(initiator, session, Lun.FromNumber(url.Lun ?? 0));
        }
        catch (IscsiException failed)
        {
            await initiator.DisposeAsync();
            throw new DiskCommandException(failed.Fault.Text);
        }
    }

    /// <summary>Another logical unit over the same session, which it does not end.</summary>
    public IScsiPort At(Lun lun) => new Unit(this, lun);

    public ValueTask<PortAnswer> ExecuteAsync(byte[] cdb, int dataInLength = 0, byte[]? dataOut = null) =>
        ExecuteAsync(_lun, cdb, dataInLength, dataOut);

    private async ValueTask<PortAnswer> ExecuteAsync(Lun lun, byte[] cdb, int dataInLength, byte[]? dataOut)
    {
        var data = new byte[dataInLength];
        var result = await _session.ExecuteAsync(new IscsiCommand(lun, cdb), data, dataOut ?? [],
            CancellationToken.None);
        byte? status = result.Outcome == CommandOutcome.Completed ? (byte)result.Status : null;
        return new(result.IsGood ? null : result.Describe(), status, result.Sense.ToArray(),
            data[..result.DataInLength], result.Residual);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _initiator.DisposeAsync();
    }

    private sealed class Unit(UrlPort port, Lun lun) : IScsiPort
    {
        public int DataLengthMax => port.DataLengthMax;

        public ValueTask<PortAnswer> ExecuteAsync(byte[] cdb, int dataInLength = 0, byte[]? dataOut = null) =>
            port.ExecuteAsync(lun, cdb, dataInLength, dataOut);

        public ValueTask DisposeAsync() => default;
    }
}
