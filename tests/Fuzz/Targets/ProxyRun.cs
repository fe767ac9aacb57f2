using System.Buffers.Binary;
using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Fuzz.Engine;
using Lunette.Lu.Disk;
using Lunette.Proxy;
using Lunette.Proxy.Frames;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// A node that owns a disk, and the frames of one input in the other node's place. At the end the other node's
/// initiators go; then everything must have ended, and nothing may be left.
/// </summary>
internal sealed class ProxyRun : IDisposable
{
    private const int FramesMax = 16;
    private const int DiskBytes = 1 << 20;

    private readonly BufferPool _pool = new(64 << 20);
    private readonly ManualLoop _loop = new();
    private readonly StmfFramework _framework = new(new MemoryConfigStore(), new FallbackUnit(), TimeProvider.System);
    private readonly DiskUnit _disk;
    private readonly ProxyNode _node;
    private readonly Door _door = new(Stream.Null);
    private readonly HashSet<ulong> _met = [];

    private ProxyRun()
    {
        _disk = new DiskUnit(
            new DiskOptions { Unit = new UnitOptions { Id = Id, Alias = "disk" }, LengthBytes = DiskBytes },
            () => new StoreOpening(new RamStore(DiskBytes), null));
        Expect(_framework.LoadConfigurationAsync());
        FuzzException.Unless(_framework.Online().Succeeded, "the framework does not go online");
        _framework.WaitForServiceAsync().AsTask().GetAwaiter().GetResult();
        FuzzException.Unless(_framework.RegisterLogicalUnit(_disk).Succeeded, "the disk is not registered");
        Expect(_framework.WaitForLogicalUnitAsync(Id, online: true));
        _node = new ProxyNode(
            _framework, () => _loop, _pool, TimeProvider.System, static _ => null, static _ => null,
            NullLogger<ProxyNode>.Instance);
    }

    /// <summary>The disk's identity.</summary>
    public static LogicalUnitId Id { get; } = new(0x6000_0000_0000_0001, 1);

    /// <summary>Carries an input out and checks.</summary>
    public static void Run(ReadOnlySpan<byte> input)
    {
        using var run = new ProxyRun();
        var reader = new FuzzReader(input);
        for (var frames = 0; frames < FramesMax && !reader.IsEmpty; frames++)
            if (!run.Take(reader.Block().ToArray())) break;
        run.Finish();
    }

    // A door gives no empty frame.
    private bool Take(byte[] frame)
    {
        if (frame.Length == 0) return true;
        if (frame[0] == (byte)FrameKind.Meet && frame.Length > 8)
            _met.Add(BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(1)));
        var taken = _node.Take(_door, frame);
        _loop.Pump();
        return taken;
    }

    private void Finish()
    {
        // An auto contingent allegiance would hold others' commands back for ever.
        foreach (var number in _met)
        {
            Take(Manage(number, TaskManagementFunction.ClearAca));
            Take(Manage(number, TaskManagementFunction.ItNexusReset));
        }
        for (var seconds = 0; seconds < 120; seconds += 10) _loop.Advance(TimeSpan.FromSeconds(10));
        var offline = _disk.OfflineAsync(CancellationToken.None).AsTask();
        FuzzException.Unless(
            SpinWait.SpinUntil(() => _loop.Pump() >= 0 && offline.IsCompleted, DiskRun.Patience), "no way offline");
        FuzzException.Unless(offline.GetAwaiter().GetResult().Succeeded, "not offline");
        FuzzException.Unless(_disk.FenceReason is null, $"the disk is fenced: {_disk.FenceReason}");
        FuzzException.Unless(_pool.DescribeLeases().Count == 0, $"left: {string.Join(", ", _pool.DescribeLeases())}");
    }

    private static byte[] Manage(ulong nexus, TaskManagementFunction function) => new FrameWriter(FrameKind.Manage)
        .Long(0).Long(nexus).Long(Id.High).Long(Id.Low).Byte((byte)function).Long(0).Long(0)
        .Byte(function == TaskManagementFunction.ItNexusReset ? (byte)1 : (byte)0).End()[4..];

    private static void Expect(ValueTask<StmfResult> asked) =>
        FuzzException.Unless(asked.AsTask().GetAwaiter().GetResult().Succeeded, "the node does not start");

    /// <inheritdoc/>
    public void Dispose()
    {
        _node.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _framework.DisposeAsync().AsTask().GetAwaiter().GetResult();
        // A pool with leases out says so itself; it must not speak over what was found before.
        if (_pool.DescribeLeases().Count == 0) _pool.Dispose();
    }
}
