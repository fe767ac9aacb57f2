using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Lu.Disk;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Adapter.SgIo.Tests;

/// <summary>
/// Stands in for the kernel: takes what the ioctl passes, by its addresses, and carries it out on a disk in this
/// process. A command can be held, as by a device that hangs, until a reset ends it.
/// </summary>
internal sealed class KernelDisk : ISgFile
{
    private const ushort HostReset = 8;

    private readonly VirtualTarget _target;
    private readonly VirtualInitiator _host;
    private readonly ManualResetEventSlim _reset = new();

    private KernelDisk(VirtualTarget target)
    {
        _target = target;
        _host = target.Login("iqn.2026-11.example:kernel");
    }

    /// <summary>Operation code of a command that hangs; -1 for none.</summary>
    public int Hangs { get; set; } = -1;

    /// <summary>Resets that were asked for.</summary>
    public List<int> Resets { get; } = [];

    /// <summary>Whether the kernel carries out resets.</summary>
    public bool MayReset { get; set; } = true;

    /// <summary>What SG_IO answers; 0 for what happens.</summary>
    public int Error { get; set; }

    /// <summary>What the SCSI layer says of commands.</summary>
    public ushort HostStatus { get; set; }

    /// <summary>The last header, as it came.</summary>
    public SgIoHeader Last { get; private set; }

    /// <summary>Set while a command hangs.</summary>
    public ManualResetEventSlim Hanging { get; } = new();

    public static async Task<KernelDisk> StartAsync()
    {
        var options = new DiskOptions
        {
            Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 1), Alias = "disk" },
            LengthBytes = 1 << 20,
        };
        return new KernelDisk(await VirtualTarget.StartAsync(
            new DiskUnit(options, () => new StoreOpening(new RamStore(options.LengthBytes), null))));
    }

    public unsafe int Submit(ref SgIoHeader header)
    {
        Last = header;
        if (Error != 0) return Error;
        header.HostStatus = HostStatus;
        if (HostStatus != 0) return 0;
        var cdb = new Span<byte>(header.Cdb, header.CdbLength).ToArray();
        if (cdb[0] == Hangs)
        {
            Hanging.Set();
            Assert.True(_reset.Wait(TimeSpan.FromSeconds(120)), "nobody reset the device");
            header.HostStatus = HostReset;
            return 0;
        }
        var data = new byte[header.DataLength];
        var isOut = header.Direction == SgIoHeader.DirectionToDevice;
        if (isOut) new Span<byte>(header.Data, data.Length).CopyTo(data);
        var result = _host.Execute(new ScsiRequest(cdb)
        {
            DataIn = header.Direction == SgIoHeader.DirectionFromDevice ? data : default,
            DataOut = isOut ? data : default,
        });
        if (!isOut && data.Length > 0) data.CopyTo(new Span<byte>(header.Data, data.Length));
        header.Status = (byte)result.Status;
        var sense = result.SenseData.Span;
        header.SenseLength = (byte)Math.Min(sense.Length, header.SenseLengthMax);
        sense[..header.SenseLength].CopyTo(new Span<byte>(header.Sense, header.SenseLengthMax));
        header.Residual = result.Status == ScsiStatus.Good ? 0 : data.Length;
        return 0;
    }

    public bool TryReset(int kind)
    {
        Resets.Add(kind);
        if (!MayReset) return false;
        Hangs = -1;
        _reset.Set();
        return true;
    }

    public void Dispose() => _target.Dispose();
}
