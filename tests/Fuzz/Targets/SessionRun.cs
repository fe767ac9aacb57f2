using System.Buffers.Binary;
using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Fuzz.Engine;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// One session for one input, in memory and in virtual time. The bits of the first byte choose: 01h digests (the input
/// then lies in all of them, since nobody computes them), 02h R2T is wanted, 04h small segments, 08h the stream comes
/// in
/// small pieces, 10h as a discovery session.
/// </summary>
internal sealed class SessionRun : IDisposable
{
    /// <summary>The CmdSN the session begins with.</summary>
    public const uint FirstCmdSn = 0x10;

    private const uint FirstStatSn = 0xFFFF_FFFE;

    private static readonly BufferPool s_idlePool = new(1 << 20);

    // Its threads only ever wait: sessions live on a loop of their own here.
    private static readonly LoopGroup s_loops = LoopGroup.Start(new LoopGroupOptions { Count = 1 }, s_idlePool);

    private readonly BufferPool _pool = new(64 << 20);
    private readonly ManualLoop _loop = new();
    private readonly VirtualTarget _target;
    private readonly DiskUnit _disk;
    private readonly TargetSession _session;
    private readonly MemoryConnection _wire;
    private readonly ConnectionParameters _connection;
    private readonly List<byte> _received = [];
    private uint _statSn = FirstStatSn;

    private SessionRun(byte choices)
    {
        var segment = (choices & 4) != 0 ? 512 : 8192;
        _connection = new ConnectionParameters
        {
            HeaderDigest = (choices & 1) != 0,
            DataDigest = (choices & 1) != 0,
            MaxSendDataSegmentLength = segment,
            MaxRecvDataSegmentLength = 8192,
        };
        var type = (choices & 0x10) != 0 ? SessionType.Discovery : SessionType.Normal;
        var parameters = new SessionParameters
        {
            SessionType = type,
            InitialR2T = (choices & 2) != 0,
            MaxOutstandingR2T = 2,
            ProtocolLevel = 2,
            MaxBurstLength = 16384,
            FirstBurstLength = 4096,
        };
        _disk = new DiskUnit(
            new DiskOptions
            {
                Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 1), Alias = "disk" },
                LengthBytes = 1 << 20,
            },
            () => new StoreOpening(new RamStore(1 << 20), null));
        _target = VirtualTarget.StartAsync(new FallbackUnit(), [_disk]).GetAwaiter().GetResult();
        var options = new IscsiPortOptions { CommandWindow = 8, ImmediateCommandsMax = 2 };
        var provider = new IscsiPortProvider(s_loops, _target, options: options);
        var port = provider.AddTarget(new IscsiTargetSettings(IscsiName.Parse("iqn.2026-11.example:target")))!;
        port.OnlineAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var identity = new LoginIdentity(
            IscsiName.Parse("iqn.2026-11.example:host"), null, port.Settings.Name, type, new Isid(1), Tsih.None,
                new Cid(7),
            new CmdSn(FirstCmdSn));
        var nexus = type == SessionType.Discovery
            ? null
            : _target.OpenSession(port, new InitiatorPort("iqn.2026-11.example:host", "p", default, "", ""), _loop);
        _session = new TargetSession(provider, port, new SessionKey(identity.InitiatorName, identity.Isid, 1),
            provider.ReserveHandle(), _loop, nexus, identity);
        FuzzException.Unless(port.TryAdd(_session), "no session");
        var result = new TargetLoginResult(identity, null, _session.Tsih, parameters, _connection,
            new StatSn(FirstStatSn), new Negotiation(NegotiationSide.Target, options.Negotiation, leading: true));
        _wire = new MemoryConnection(_loop, _pool);
        _wire.Start(new TargetConnection(_session, result));
        _loop.Pump();
    }

    /// <summary>Feeds an input and checks.</summary>
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var choices = input[0];
        using var run = new SessionRun(choices);
        var stream = input[1..].ToArray();
        var piece = (choices & 8) != 0 ? 1 + (choices >> 5) * 37 : stream.Length;
        for (var at = 0; at < stream.Length; at += piece)
        {
            run._wire.Put(stream.AsMemory(at, Math.Min(piece, stream.Length - at)));
            run.Take();
        }
        run.Finish();
    }

    // What comes back is whole PDUs of a target, and each status takes the next StatSN (RFC 7143 section 4.2.2.2).
    private void Take()
    {
        _loop.Pump();
        _received.AddRange(_wire.Take());
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_received);
        while (bytes.Length >= BasicHeaderSegment.Length)
        {
            var framing = new PduFraming(bytes, _connection.HeaderDigest, _connection.DataDigest);
            if (bytes.Length < framing.TotalLength) break;
            Check(bytes, framing);
            bytes = bytes[framing.TotalLength..];
        }
        _received.RemoveRange(0, _received.Count - bytes.Length);
    }

    private void Check(ReadOnlySpan<byte> pdu, PduFraming framing)
    {
        var opCode = new BasicHeaderSegment(pdu).OpCode;
        FuzzException.Unless((byte)opCode is >= 0x20 and <= 0x3F, $"the target sends {opCode}");
        FuzzException.Unless(framing.DataSegmentLength <= Math.Max(_connection.MaxSendDataSegmentLength, 0),
            $"{opCode} has a data segment of {framing.DataSegmentLength} bytes");
        if (framing.HeaderDigestLength > 0)
            FuzzException.Unless(Crc32c.Compute(pdu[..framing.HeaderLength]) == Crc32c.Read(
                pdu[framing.HeaderLength..]),
                "a header digest is wrong");
        if (opCode == PduOpCode.ScsiResponse)
            FuzzException.Unless(SenseSegment.TryParse(pdu.Slice(framing.DataSegmentOffset, framing.DataSegmentLength),
                out var sense, out _) && (sense.IsEmpty || Sense.TryParse(sense, out _)), "malformed sense data");
        var takes = opCode switch
        {
            PduOpCode.ReadyToTransfer => false,
            PduOpCode.DataIn => DataIn.Over(pdu).HasStatus,
            PduOpCode.NopIn => !NopIn.Over(pdu).InitiatorTaskTag.IsReserved,
            _ => true,
        };
        if (!takes) return;
        var statSn = BinaryPrimitives.ReadUInt32BigEndian(pdu[24..]);
        FuzzException.Unless(statSn == _statSn, $"{opCode} has StatSN {statSn:X}, expected {_statSn:X}");
        _statSn++;
    }

    private void Finish()
    {
        Take();
        // Whoever waits for Data-Out gives it up by then, and pings go unanswered.
        for (var seconds = 0; seconds < 120; seconds += 10) _loop.Advance(TimeSpan.FromSeconds(10));
        Take();
        _wire.ClosePeer();
        _loop.Pump();
        _wire.GiveRoom(long.MaxValue);
        _loop.Advance(TimeSpan.FromSeconds(40));
        SpinWait.SpinUntil(() => _loop.Pump() >= 0 && _session.Closed.IsCompleted, DiskRun.Patience);
        FuzzException.Unless(_session.Tasks.InUse == 0, $"{_session.Tasks.InUse} tasks are left");
        FuzzException.Unless(_session.Closed.IsCompleted, "the session does not end");
        _wire.Dispose();
        _target.Dispose();
        var offline = _disk.OfflineAsync(CancellationToken.None).AsTask();
        FuzzException.Unless(SpinWait.SpinUntil(() => _loop.Pump() >= 0 && offline.IsCompleted, DiskRun.Patience),
            "no way offline");
        FuzzException.Unless(_disk.FenceReason is null, $"the disk is fenced: {_disk.FenceReason}");
        FuzzException.Unless(offline.GetAwaiter().GetResult().Succeeded, "not offline");
        FuzzException.Unless(_pool.DescribeLeases().Count == 0, $"left: {string.Join(", ", _pool.DescribeLeases())}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A pool with leases out says so itself; it must not speak over what was found before.
        if (_pool.DescribeLeases().Count == 0) _pool.Dispose();
    }
}
