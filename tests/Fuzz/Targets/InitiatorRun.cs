using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Lunette.Fuzz.Engine;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Scsi;
using ScsiCommand = Lunette.Iscsi.ScsiCommand;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// One session of our initiator for one input, in memory and in virtual time: it logs in, sends <see cref="Commands"/>
/// and is then told what the input says. The bits of the first byte choose: 01h digests, 02h the stream comes in small
/// pieces, 04h R2T is wanted, 08h small segments. A PDU of the input may leave to the run what a hostile target sees on
/// the wire: a task tag below 16 is that of the command so numbered, a StatSN of all ones is the right one, and digests
/// are right.
/// </summary>
internal sealed class InitiatorRun : IStreamDialer, IDisposable
{
    /// <summary>Commands on the wire when the input begins: two reads, two writes, one without data, one to be
    /// managed away.</summary>
    public const int Commands = 6;

    public const int ReadBytes = 4096;
    public const int WriteBytes = 16384;

    private const int GuardBytes = 64;
    private const byte Guard = 0xA5;
    private const int DataOffset = 40;

    private static readonly byte[][] s_cdbs =
    [
        [0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0], [0x28, 0, 0, 0, 0, 8, 0, 0, 8, 0], [0x2A, 0, 0, 0, 0, 0, 0, 0, 32, 0],
        [0x2A, 0, 0, 0, 0, 32, 0, 0, 32, 0], new byte[6], new byte[6],
    ];

    private readonly ManualLoop _loop = new();
    private readonly BufferPool _pool = new(64 << 20);
    private readonly TargetLogin _login = new(new LoginLimits(), bytes => bytes.Clear(), new StatSn(1));
    private readonly bool _digests;
    private readonly List<byte> _sent = [];
    private readonly List<uint> _tags = [];
    private readonly byte[] _read = new byte[GuardBytes + ReadBytes + GuardBytes];
    private readonly Task<ScsiResult>[] _tasks = new Task<ScsiResult>[Commands];
    private readonly IscsiSession _session;
    private MemoryConnection? _wire;
    private TargetLoginResult? _result;
    private uint _statSn;

    private InitiatorRun(byte choices)
    {
        _digests = (choices & 1) != 0;
        var digest = new[] { _digests ? Digest.Crc32C : Digest.None };
        var initiator = new IscsiInitiator(
            new() { Name = IscsiName.Parse("iqn.2026-11.example:a"), Entropy = new NoEntropy() }, this);
        var connecting = IscsiSession.ConnectAsync(initiator, new()
        {
            TargetName = IscsiName.Parse("iqn.2026-11.example:t"),
            Portals = [new PortalAddress("t", 3260)],
            InlineContinuations = true,
            VerifyIdentity = false,
            HeaderDigests = digest,
            DataDigests = digest,
            InitialR2T = (choices & 4) != 0,
            MaxRecvDataSegmentLength = (choices & 8) != 0 ? 512 : 8192,
            RecoveryTime = TimeSpan.FromSeconds(1),
        });
        Settle();
        // Whoever connects goes on in the pool.
        FuzzException.Unless(
            SpinWait.SpinUntil(() => connecting.IsCompleted, DiskRun.Patience) && connecting.IsCompletedSuccessfully,
            $"no session: {connecting.Exception?.InnerException}");
        _session = connecting.GetAwaiter().GetResult();
        Start();
    }

    public Loop Loop => _loop;

    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        using var run = new InitiatorRun(input[0]);
        var stream = run.Complete(input[1..]);
        var piece = (input[0] & 2) != 0 ? 1 + ((input[0] >> 4) * 37) : Math.Max(stream.Length, 1);
        for (var at = 0; at < stream.Length; at += piece)
        {
            run._wire!.Put(stream.AsMemory(at, Math.Min(piece, stream.Length - at)));
            run.Settle();
        }
        run.Finish();
    }

    // The first connection is served; after that nobody listens.
    public void Dial(string host, int port, StreamDial dial)
    {
        if (_wire is not null)
        {
            _loop.Post(new Work(() => dial.EndWith("nobody listens")));
            return;
        }
        _wire = new MemoryConnection(_loop, _pool);
        _loop.Post(new Work(() => dial.EndWith(_wire)));
    }

    private void Start()
    {
        _read.AsSpan().Fill(Guard);
        for (var i = 0; i < Commands; i++)
        {
            Memory<byte> dataIn = i switch
            {
                0 => _read.AsMemory(GuardBytes, ReadBytes),
                1 => new byte[ReadBytes],
                _ => default,
            };
            var dataOut = i is 2 or 3 ? new byte[WriteBytes] : [];
            _tasks[i] = _session.ExecuteAsync(new IscsiCommand(Lun.Zero, s_cdbs[i]), dataIn, dataOut).AsTask();
        }
        Settle();
        FuzzException.Unless(_tags.Count == Commands, $"{_tags.Count} commands on the wire");
    }

    private void Settle()
    {
        do _loop.Pump();
        while (TakeSent() || !_loop.IsIdle);
    }

    // What the initiator sends is whole PDUs of an initiator, no longer than was agreed on.
    private bool TakeSent()
    {
        if (_wire?.Take() is not { Length: > 0 } bytes) return false;
        _sent.AddRange(bytes);
        while (_sent.Count >= BasicHeaderSegment.Length)
        {
            var all = CollectionsMarshal.AsSpan(_sent);
            var digests = _result is not null && _digests;
            var framing = new PduFraming(all, digests, digests);
            if (all.Length < framing.TotalLength) break;
            var pdu = all[..framing.TotalLength].ToArray();
            _sent.RemoveRange(0, pdu.Length);
            Take(pdu, framing);
        }
        return true;
    }

    private void Take(ReadOnlySpan<byte> pdu, PduFraming framing)
    {
        var header = new BasicHeaderSegment(pdu);
        var data = pdu.Slice(framing.DataSegmentOffset, framing.DataSegmentLength);
        if (_result is null)
        {
            Answer(_login.Receive(pdu[..BasicHeaderSegment.Length], data));
            return;
        }
        FuzzException.Unless((byte)header.OpCode < 0x20, $"the initiator sends {header.OpCode}");
        FuzzException.Unless(data.Length <= _result.Connection.MaxRecvDataSegmentLength,
            $"{header.OpCode} with {data.Length} bytes");
        if (header.OpCode == PduOpCode.ScsiCommand) _tags.Add(ScsiCommand.Over(header).InitiatorTaskTag.Value);
        if (header.OpCode != PduOpCode.DataOut) return;
        var end = (ulong)BinaryPrimitives.ReadUInt32BigEndian(pdu[DataOffset..]) + (ulong)data.Length;
        FuzzException.Unless(end <= WriteBytes, $"Data-Out up to {end}");
    }

    private void Answer(TargetLoginStep step)
    {
        if (step.Action == TargetLoginAction.Identify)
        {
            step = _login.Decide(LoginDecision.Accept(new() { Negotiation = new() { InitialR2T = false } }));
        }
        if (step.Action == TargetLoginAction.Admit)
        {
            var window = new CommandWindow(_login.Identity!.CmdSn, _login.Identity.CmdSn.Advance(63));
            step = _login.Admit(LoginAdmission.Accept(new Tsih(1), window));
        }
        _wire!.Put(step.Response.ToArray());
        if (step.Action != TargetLoginAction.Complete) return;
        _result = _login.Outcome!;
        _statSn = _result.StatSn.Value;
    }

    // The input's PDUs with what a hostile target would know filled in.
    private byte[] Complete(ReadOnlySpan<byte> input)
    {
        var stream = new List<byte>(input.Length);
        while (input.Length >= BasicHeaderSegment.Length)
        {
            var bhs = input[..BasicHeaderSegment.Length].ToArray();
            var framing = new PduFraming(bhs, headerDigest: false, dataDigest: false);
            var length = Math.Min(framing.TotalLength, input.Length);
            var tag = BinaryPrimitives.ReadUInt32BigEndian(bhs.AsSpan(16));
            if (tag < 16 && tag < _tags.Count)
                BinaryPrimitives.WriteUInt32BigEndian(bhs.AsSpan(16), _tags[(int)tag]);
            if (BinaryPrimitives.ReadUInt32BigEndian(bhs.AsSpan(24)) == uint.MaxValue)
            {
                BinaryPrimitives.WriteUInt32BigEndian(bhs.AsSpan(24), _statSn);
                if (TakesStatSn(bhs)) _statSn++;
            }
            stream.AddRange(bhs);
            if (_digests) AddCrc(stream, bhs);
            var rest = input[bhs.Length..length];
            stream.AddRange(rest);
            if (_digests && !rest.IsEmpty) AddCrc(stream, rest);
            input = input[length..];
        }
        stream.AddRange(input);
        return [.. stream];
    }

    private static bool TakesStatSn(byte[] bhs) => (PduOpCode)(bhs[0] & 0x3F) switch
    {
        PduOpCode.ReadyToTransfer => false,
        PduOpCode.DataIn => (bhs[1] & 1) != 0,
        PduOpCode.NopIn => BinaryPrimitives.ReadUInt32BigEndian(bhs.AsSpan(16)) != uint.MaxValue,
        _ => true,
    };

    private static void AddCrc(List<byte> to, ReadOnlySpan<byte> of)
    {
        Span<byte> crc = stackalloc byte[Crc32c.Length];
        Crc32c.Write(crc, Crc32c.Compute(of));
        to.AddRange(crc);
    }

    private void Finish()
    {
        for (var seconds = 0; seconds < 120; seconds += 5)
        {
            _loop.Advance(TimeSpan.FromSeconds(5));
            Settle();
        }
        _wire!.ClosePeer();
        Settle();
        var closing = _session.DisposeAsync().AsTask();
        for (var seconds = 0; seconds < 300 && !closing.IsCompleted; seconds += 5)
        {
            _loop.Advance(TimeSpan.FromSeconds(5));
            Settle();
        }
        FuzzException.Unless(
            SpinWait.SpinUntil(() => _loop.Pump() >= 0 && closing.IsCompleted, DiskRun.Patience),
            "the session does not end");
        for (var i = 0; i < Commands; i++)
            FuzzException.Unless(_tasks[i].IsCompletedSuccessfully, $"command {i}: {_tasks[i].Status}");
        FuzzException.Unless(
            _read.AsSpan(0, GuardBytes).IndexOfAnyExcept(Guard) < 0
                && _read.AsSpan(GuardBytes + ReadBytes).IndexOfAnyExcept(Guard) < 0,
            "a byte outside the caller's buffer was written");
        _wire.Close();
        _loop.Pump();
        _wire.Dispose();
        FuzzException.Unless(_pool.DescribeLeases().Count == 0, $"left: {string.Join(", ", _pool.DescribeLeases())}");
    }

    public void Dispose()
    {
        // A pool with leases out says so itself; it must not speak over what was found before.
        if (_pool.DescribeLeases().Count == 0) _pool.Dispose();
    }

    private sealed class Work(Action act) : LoopWork
    {
        public override void Run() => act();
    }

    private sealed class NoEntropy : IEntropy
    {
        public void Fill(Span<byte> destination) => destination.Fill(7);
    }
}
