using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Virtual;
using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Lu.Disk;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;

namespace Lunette.Adapter.Tests;

/// <summary>An adapter over the virtual port with two disks at SCSI ID 1, on a loop the test pumps.</summary>
internal sealed class VirtualRig : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly BufferPool _pool = new(64 << 20);

    public ManualLoop Loop { get; } = new();

    public SystemErrorLog Log { get; } = new(TimeProvider.System);

    public VirtualTarget Target { get; private set; } = null!;

    public VirtualTransport Transport { get; private set; } = null!;

    public ScsiAdapter Adapter { get; private set; } = null!;

    public AdapterFile File { get; private set; } = null!;

    public static async Task<VirtualRig> StartAsync(bool removable = false)
    {
        var rig = new VirtualRig();
        rig.Target = await VirtualTarget.StartAsync(MakeDisk(1, removable), MakeDisk(2, removable));
        rig.Transport = new VirtualTransport("iqn.2026-11.example:adapter", [new VirtualBinding(1, rig.Target)],
            rig._pool);
        rig.Adapter = new ScsiAdapter(
            new AdapterAttributes { Name = "vscsi0", CommandDelaySeconds = 0 }, rig.Loop, rig.Transport, rig.Log);
        rig.Adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file);
        rig.File = file!;
        return rig;
    }

    public static DiskUnit MakeDisk(ulong id, bool removable = false)
    {
        var options = new DiskOptions
        {
            Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, id), Alias = "disk" + id },
            LengthBytes = 1 << 20,
            Removable = removable,
        };
        return new DiskUnit(options, () => new StoreOpening(new RamStore(options.LengthBytes), null));
    }

    /// <summary>Pumps the loop until the answer is there.</summary>
    public async Task<T> Run<T>(Task<T> answer)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!answer.IsCompleted)
        {
            Loop.Advance(TimeSpan.FromMilliseconds(10));
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < s_patience, "no answer");
            await Task.Yield();
        }
        return await answer;
    }

    public Task<Errno> Ioctl(int number, object? argument = null) => Run(File.IoctlAsync(number, argument));

    public async Task StartDevice(byte lun = 0)
    {
        Assert.Equal(Errno.None, await Ioctl(IoctlNumber.SCIOSTART, new IdLun(1, lun)));
        await Ioctl(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1, LunId = lun });  // takes the power-on attention
    }

    public async ValueTask DisposeAsync()
    {
        File.Dispose();
        await Adapter.DisposeAsync();
        Loop.Pump();
        foreach (var entry in Target.Map.Entries) await entry.LogicalUnit.OfflineAsync(CancellationToken.None);
        Loop.Pump();
        _pool.Dispose();
    }
}
