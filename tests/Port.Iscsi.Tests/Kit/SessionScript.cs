using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Kit;

/// <summary>
/// A session in full feature phase, in memory and in virtual time: the test sends PDUs and says which it expects.
/// LUN 0 is a disk of 1 MiB in memory, LUN 1 does what the test says. Digests and StatSN are checked on every PDU.
/// </summary>
internal sealed class SessionScript : IAsyncDisposable
{
    public const int BlockBytes = 512;

    private readonly List<byte> _received = [];
    private LoopGroup _loops = null!;
    private uint? _statSn;
    private uint _cmdSn = 100;
    private uint _tags = 0x1000;

    private SessionScript()
    {
    }

    public ManualLoop Loop { get; } = new();

    public BufferPool Buffers { get; } = new(64 << 20);

    public IscsiPortProvider Provider { get; private set; } = null!;

    public MemoryConnection Wire { get; private set; } = null!;

    public VirtualTarget Target { get; private set; } = null!;

    public SteeredUnit Steered { get; } = new();

    public TargetSession Session { get; private set; } = null!;

    public ConnectionParameters Connection { get; private set; } = null!;

    /// <param name="underWay">What happens to the session while its connection is on its way from the login; the unit
    /// attention of a new nexus is then still to come.</param>
    public static async Task<SessionScript> StartAsync(
        SessionParameters? session = null, ConnectionParameters? connection = null, IscsiPortOptions? options = null,
        Action<SessionScript>? underWay = null)
    {
        var script = new SessionScript();
        await script.BeginAsync(
            session ?? new SessionParameters { InitialR2T = false, MaxOutstandingR2T = 4, ProtocolLevel = 2 },
            connection ?? new ConnectionParameters
            {
                MaxSendDataSegmentLength = 65536,
                MaxRecvDataSegmentLength = 262144,
            },
            options ?? new IscsiPortOptions(),
            underWay);
        if (script.Session.Nexus is not null && underWay is null)
        {
            // Past the power on attention.
            script.SendCommand(Cdb.TestUnitReady);
            script.Expect(PduOpCode.ScsiResponse);
        }
        return script;
    }

    private async Task BeginAsync(
        SessionParameters session, ConnectionParameters connection, IscsiPortOptions options,
        Action<SessionScript>? underWay)
    {
        Connection = connection;
        _loops = LoopGroup.Start(new LoopGroupOptions { Count = 1 }, Buffers);
        var disk = new DiskUnit(
            new DiskOptions
            {
                Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 1), Alias = "disk" },
                LengthBytes = 1 << 20,
            },
            () => new StoreOpening(new RamStore(1 << 20), null));
        Target = await VirtualTarget.StartAsync(new FallbackUnit(), [disk, Steered]);
        Provider = new IscsiPortProvider(_loops, Target, options: options);
        var port = Provider.AddTarget(new IscsiTargetSettings(IscsiName.Parse("iqn.2026-11.example:target")))!;
        await port.OnlineAsync(CancellationToken.None);
        var identity = new LoginIdentity(
            IscsiName.Parse("iqn.2026-11.example:host"), null, port.Settings.Name, session.SessionType, new Isid(1),
            Tsih.None, new Cid(7), new CmdSn(_cmdSn));
        var nexus = session.SessionType == SessionType.Discovery
            ? null
            : Target.OpenSession(port, new InitiatorPort("iqn.2026-11.example:host", "p", default, "", ""), Loop);
        Session = new TargetSession(
            Provider, port, new SessionKey(identity.InitiatorName, identity.Isid, 1), Provider.ReserveHandle(), Loop,
            nexus, identity);
        Assert.True(port.TryAdd(Session));
        var negotiation = new Negotiation(NegotiationSide.Target, options.Negotiation, leading: true);
        var result = new TargetLoginResult(
            identity, null, Session.Tsih, session, connection, new StatSn(0xFFFF_FFFE), negotiation);
        Wire = new MemoryConnection(Loop, Buffers);
        underWay?.Invoke(this);
        Loop.Pump();
        Wire.Start(new TargetConnection(Session, result));
        Loop.Pump();
    }

    public uint CmdSn
    {
        get => _cmdSn;
        set => _cmdSn = value;
    }

    public uint NextTag() => _tags++;

    public byte[] Build<TPdu>(Fill<TPdu> fill, ReadOnlySpan<byte> data = default)
        where TPdu : IPdu<TPdu>, allows ref struct =>
        WirePdu.Build(fill, data, Connection.HeaderDigest, Connection.DataDigest);

    /// <summary>Sends a PDU with the numbers the test gave it.</summary>
    public void Send<TPdu>(Fill<TPdu> fill, ReadOnlySpan<byte> data = default)
        where TPdu : IPdu<TPdu>, allows ref struct => SendBytes(Build(fill, data));

    public void SendBytes(byte[] bytes)
    {
        Wire.Put(bytes);
        Loop.Pump();
    }

    /// <summary>A SCSI Command in its turn; returns its tag.</summary>
    public uint SendCommand(
        ReadOnlySpan<byte> cdb, uint read = 0, uint write = 0, ReadOnlySpan<byte> immediate = default, int lun = 0,
        bool final = true)
    {
        var (bytes, tag) = BuildCommand(cdb, read, write, immediate, lun, final);
        SendBytes(bytes);
        return tag;
    }

    public (byte[] Bytes, uint Tag) BuildCommand(
        ReadOnlySpan<byte> cdb, uint read = 0, uint write = 0, ReadOnlySpan<byte> immediate = default, int lun = 0,
        bool final = true)
    {
        var tag = NextTag();
        var number = _cmdSn++;
        var copy = cdb.ToArray();
        var bytes = Build<ScsiCommand>(
            c =>
            {
                c.Read = read > 0;
                c.Write = write > 0;
                c.Final = final;
                c.Attribute = TaskAttributeCode.Simple;
                c.Lun = Lun.FromNumber(lun);
                c.InitiatorTaskTag = new InitiatorTaskTag(tag);
                c.ExpectedDataTransferLength = Math.Max(read, write);
                c.CmdSn = new CmdSn(number);
                c.Cdb = copy;
            },
            immediate);
        return (bytes, tag);
    }

    /// <summary>The next PDU; fails when there is none, or it is another.</summary>
    public WirePdu Expect(PduOpCode opCode)
    {
        var pdu = Next();
        Assert.True(pdu is not null, $"expected {opCode}, and nothing came");
        Assert.Equal(opCode, pdu.OpCode);
        return pdu;
    }

    public void ExpectNothing() => Assert.Null(Next());

    public WirePdu? Next()
    {
        Loop.Pump();
        _received.AddRange(Wire.Take());
        var pdu = WirePdu.Parse(_received, Connection.HeaderDigest, Connection.DataDigest);
        if (pdu is not null) CheckStatSn(pdu);
        return pdu;
    }

    public ScsiStatus ExpectResponse(uint tag, AdditionalSense? sense = null)
    {
        var pdu = Expect(PduOpCode.ScsiResponse);
        var response = ScsiResponse.Over((ReadOnlySpan<byte>)pdu.Header);
        Assert.Equal(tag, response.InitiatorTaskTag.Value);
        if (sense is { } code)
        {
            Assert.True(SenseSegment.TryParse(pdu.Data, out var bytes, out _));
            Assert.True(Sense.TryParse(bytes, out var found));
            Assert.Equal(code, found.Code);
        }
        return response.Status;
    }

    public RejectReason ExpectReject()
    {
        var pdu = Expect(PduOpCode.Reject);
        Assert.Equal(BasicHeaderSegment.Length, pdu.Data.Length);
        return Reject.Over((ReadOnlySpan<byte>)pdu.Header).Reason;
    }

    public void ExpectDropped(DropReason reason)
    {
        Loop.Pump();
        Assert.NotEqual(StreamEnd.None, Wire.End);
        Assert.Equal(1, Provider.Counters.Drops(reason));
    }

    // A status takes the next number; what has none shows the next and leaves it (RFC 7143 section 4.2.2.2).
    private void CheckStatSn(WirePdu pdu)
    {
        _statSn ??= 0xFFFF_FFFE;
        Assert.Equal(_statSn, HasStatSn(pdu) ? pdu.StatSn : _statSn);
        if (TakesStatSn(pdu)) _statSn++;
    }

    private static bool HasStatSn(WirePdu pdu) =>
        pdu.OpCode != PduOpCode.DataIn || DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus;

    private static bool TakesStatSn(WirePdu pdu) => pdu.OpCode switch
    {
        PduOpCode.ReadyToTransfer => false,
        PduOpCode.DataIn => DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus,
        PduOpCode.NopIn => !NopIn.Over((ReadOnlySpan<byte>)pdu.Header).InitiatorTaskTag.IsReserved,
        _ => true,
    };

    /// <summary>Whatever happened, nothing is left over.</summary>
    public async ValueTask DisposeAsync()
    {
        Wire.ClosePeer();
        Loop.Pump();
        Wire.GiveRoom(long.MaxValue);
        foreach (var task in Steered.Tasks.ToArray()) Steered.Complete(task);
        Loop.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, Session.Tasks.InUse);
        Assert.True(Session.Closed.IsCompleted);
        Wire.Dispose();
        await _loops.DisposeAsync();
        Target.Dispose();
        Assert.Equal(0, Buffers.LeasedBytes);
        Buffers.Dispose();
    }
}
