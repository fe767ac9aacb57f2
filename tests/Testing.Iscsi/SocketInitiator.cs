using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Lunette.Iscsi;
using Lunette.Scsi;

namespace Lunette.Testing.Iscsi;

/// <summary>A small initiator over a real socket, one command at a time.</summary>
public sealed class SocketInitiator : IDisposable
{
    public const string DefaultTarget = "iqn.2026-11.example:target";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly TcpClient _client = new();
    private readonly List<byte> _received = [];
    private ConnectionParameters _connection = new();
    private uint _cmdSn;
    private uint _tag = 1;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The logical unit that commands go to.</summary>
    public Lun Lun { get; set; }

    public InitiatorLoginResult Session { get; private set; } = null!;

    /// <summary>CmdSN of the next command; immediate requests carry it too.</summary>
    public CmdSn CmdSn => new(_cmdSn);

    public static async Task<SocketInitiator> ConnectAsync(IPEndPoint to)
    {
        var initiator = new SocketInitiator();
        await initiator._client.ConnectAsync(to, Stop).AsTask().WaitAsync(s_patience, Stop);
        return initiator;
    }

    public static InitiatorLoginSettings Settings(
        string name = "host", ulong isid = 1, string target = DefaultTarget) => new()
        {
            InitiatorName = IscsiName.Parse("iqn.2026-11.example:" + name),
            TargetName = IscsiName.Parse(target),
            Isid = new Isid(isid),
            Negotiation = new NegotiationTerms
            {
                MaxRecvDataSegmentLength = 65536,
                InitialR2T = false,
                FirstBurstLength = 65536,
                MaxOutstandingR2T = 4,
            },
        };

    /// <summary>Logs in; what the target said when it refused, else success.</summary>
    public async Task<LoginStatus> LoginAsync(InitiatorLoginSettings settings)
    {
        var login = new InitiatorLogin(settings, new Random(1).NextBytes);
        var step = login.Start();
        while (step.Action == InitiatorLoginAction.Request)
        {
            // Whoever is dropped may hear of it here as well as there.
            if (!await TrySendAsync(step.Request.ToArray())) return LoginStatus.InitiatorError;
            var answer = await ReceiveAsync();
            if (answer is null) return LoginStatus.InitiatorError;
            step = login.Receive(answer.Header, answer.Data);
        }
        if (step.Action == InitiatorLoginAction.Fail) return step.Status;
        Session = login.Outcome!;
        _connection = Session.Connection;
        _cmdSn = Session.Window.ExpCmdSn.Value;
        return LoginStatus.Success;
    }

    public Task SendAsync(byte[] bytes) =>
        _client.GetStream().WriteAsync(bytes, Stop).AsTask().WaitAsync(s_patience, Stop);

    /// <summary>Whether it could be sent: who is dropped may hear of it while it still talks.</summary>
    public async Task<bool> TrySendAsync(byte[] bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public Task SendAsync<TPdu>(Fill<TPdu> fill, byte[]? data = null) where TPdu : IPdu<TPdu>, allows ref struct =>
        SendAsync(WirePdu.Build(fill, data, _connection.HeaderDigest, _connection.DataDigest));

    /// <summary>
    /// The next PDU that is not the target's question whether we are there, which a slow test is asked; null when the
    /// target has closed the connection.
    /// </summary>
    public async Task<WirePdu?> ReceiveAsync()
    {
        while (true)
        {
            if (WirePdu.Parse(_received, _connection.HeaderDigest, _connection.DataDigest) is { } pdu)
            {
                if (pdu.OpCode != PduOpCode.NopIn) return pdu;
                await AnswerAsync(pdu);
                continue;
            }
            // Lent for one receive: a socket remembers its last buffer, and many sessions would keep one each.
            var buffer = ArrayPool<byte>.Shared.Rent(65536);
            try
            {
                var read = await _client.GetStream().ReadAsync(buffer, Stop).AsTask().WaitAsync(s_patience, Stop);
                if (read == 0) return null;
                _received.AddRange(buffer.AsSpan(0, read));
                ArrayPool<byte>.Shared.Return(buffer);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    private async Task AnswerAsync(WirePdu ping)
    {
        var tag = NopIn.Over((ReadOnlySpan<byte>)ping.Header).TargetTransferTag;
        if (tag.IsReserved) return;
        await TrySendAsync(WirePdu.Build<NopOut>(
            nop =>
            {
                nop.Immediate = true;
                nop.InitiatorTaskTag = InitiatorTaskTag.Reserved;
                nop.TargetTransferTag = tag;
                nop.CmdSn = CmdSn;
            },
            headerDigest: _connection.HeaderDigest, dataDigest: _connection.DataDigest));
    }

    public async Task<WirePdu> ExpectAsync(PduOpCode opCode)
    {
        var pdu = await ReceiveAsync();
        Assert.True(pdu is not null, $"expected {opCode}, and the connection was closed");
        Assert.Equal(opCode, pdu.OpCode);
        return pdu;
    }

    public Task<uint> SendCommandAsync(byte[] cdb, int read = 0, byte[]? write = null)
    {
        var tag = _tag++;
        return Send();

        async Task<uint> Send()
        {
            await SendAsync<ScsiCommand>(
                c =>
                {
                    c.Read = read > 0;
                    c.Write = write is not null;
                    c.Attribute = TaskAttributeCode.Simple;
                    c.Lun = Lun;
                    c.InitiatorTaskTag = new InitiatorTaskTag(tag);
                    c.ExpectedDataTransferLength = (uint)(write?.Length ?? read);
                    c.CmdSn = new CmdSn(_cmdSn);
                    c.Cdb = cdb;
                },
                write);
            _cmdSn++;
            return tag;
        }
    }

    /// <summary>CmdSN of a command that the caller sends himself.</summary>
    public CmdSn NextCmdSn() => new(_cmdSn++);

    public async Task<ScsiStatus> WriteAsync(uint lba, byte[] data)
    {
        await SendCommandAsync(Cdb.Write10(lba, data.Length / 512), write: data);
        return ScsiResponse.Over((ReadOnlySpan<byte>)(await ExpectAsync(PduOpCode.ScsiResponse)).Header).Status;
    }

    public async Task<byte[]> ReadAsync(uint lba, int blocks)
    {
        await SendCommandAsync(Cdb.Read10(lba, blocks), read: blocks * 512);
        var data = new List<byte>();
        while (data.Count < blocks * 512) data.AddRange((await ExpectAsync(PduOpCode.DataIn)).Data);
        return [.. data];
    }

    /// <summary>Past the power on attention.</summary>
    public async Task SettleAsync()
    {
        await SendCommandAsync(Cdb.TestUnitReady);
        await ExpectAsync(PduOpCode.ScsiResponse);
    }

    /// <summary>How many logical units REPORT LUNS tells of.</summary>
    public async Task<int> CountUnitsAsync()
    {
        await SendCommandAsync(Cdb.ReportLuns(16), read: 16);
        var data = (await ExpectAsync(PduOpCode.DataIn)).Data;
        return BinaryPrimitives.ReadInt32BigEndian(data) / 8;
    }

    public async Task LogoutAsync()
    {
        await SendAsync<LogoutRequest>(l =>
        {
            l.Reason = LogoutReason.CloseSession;
            l.Immediate = true;
            l.InitiatorTaskTag = new InitiatorTaskTag(0x5555);
            l.CmdSn = new CmdSn(_cmdSn);
        });
        await ExpectAsync(PduOpCode.LogoutResponse);
        Assert.Null(await ReceiveAsync());
    }

    public void Dispose() => _client.Dispose();
}
