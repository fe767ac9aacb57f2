using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>tshark decodes captured sessions: every status and its sense data, and complains of nothing.</summary>
public sealed class TsharkTests : EndToEndTests
{
    private const byte NormalAca = 0x04;

    private static readonly byte[] s_modePages = [0x01, 0x02, 0x08, 0x0A, 0x1A, 0x1C];

    [Fact]
    public async Task Capture_OfEveryStatus_DecodesWithoutComplaint()
    {
        var tshark = Peer.Require("tshark");
        await using var daemon = await RunningDaemon.StartAsync(Home, "--limit", "unit-commands=1");
        var capture = Path.Combine(Folder, "session.pcap");
        var statuses = new HashSet<ScsiStatus>();
        await using (var relay = new RecordingRelay(daemon.EndPoint))
        {
            using var a = await LoginAsync(relay, daemon, "a");
            using var b = await LoginAsync(relay, daemon, "b");
            await TalkAsync(a, b, statuses);
            await a.LogoutAsync();
            await b.LogoutAsync();
            relay.WriteCapture(capture);
        }
        Assert.Equal(
            [
                ScsiStatus.Good, ScsiStatus.CheckCondition, ScsiStatus.ConditionMet, ScsiStatus.Busy,
                ScsiStatus.ReservationConflict, ScsiStatus.TaskSetFull, ScsiStatus.AcaActive,
                ScsiStatus.TaskAborted,
            ],
            statuses.Order());
        await AssertCleanAsync(tshark, capture);
        Assert.Equal(statuses.Select(status => (int)status).Order(),
            await FieldAsync(tshark, capture, "iscsi.scsiresponse.status"));
        // Sense data: ILLEGAL REQUEST and UNIT ATTENTION.
        Assert.Equal([5, 6], await FieldAsync(tshark, capture, "scsi.sns.key"));
        Assert.Equal(0, await daemon.StopAsync());
    }

    // Each page by itself; tshark 4.0 does not know the fields of 07h and of subpages.
    [Fact]
    public async Task Capture_OfEachModePage_DecodesWithoutComplaintToItsFields()
    {
        var tshark = Peer.Require("tshark");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var capture = Path.Combine(Folder, "pages.pcap");
        await using (var relay = new RecordingRelay(daemon.EndPoint))
        {
            using var initiator = await LoginAsync(relay, daemon, "a");
            await initiator.SettleAsync();
            foreach (var page in s_modePages)
            {
                await initiator.SendCommandAsync([0x1A, 0x08, page, 0, 255, 0], read: 255);
                Assert.Equal(page, (await initiator.ExpectAsync(PduOpCode.DataIn)).Data[4] & 0x3F);
            }
            await initiator.LogoutAsync();
            relay.WriteCapture(capture);
        }
        await AssertCleanAsync(tshark, capture);
        // The fields are of the commands and of the pages.
        var asked = await FieldAsync(tshark, capture, "scsi.mode.spc.pagecode");
        var decoded = asked.Union(await FieldAsync(tshark, capture, "scsi.mode.sbc.pagecode"));
        Assert.Equal(s_modePages.Select(page => (int)page), decoded.Order());
        foreach (var set in (string[])["awre", "arre", "wce"])
            Assert.Equal([1], await FieldAsync(tshark, capture, "scsi.sbc.modepage." + set));
        Assert.Equal(0, await daemon.StopAsync());
    }

    // Many commands of an initiator we did not write, parameter data of all kinds among them.
    [Theory]
    [InlineData("SCSI.Inquiry")]
    [InlineData("SCSI.ModeSense6")]
    [InlineData("SCSI.ReadCapacity16.Simple")]
    [InlineData("SCSI.ReportSupportedOpcodes")]
    // Not what asks for less than a page's header: tshark takes that for malformed, whoever sends it.
    [InlineData("SCSI.PrinReadKeys.Simple")]
    [InlineData("SCSI.GetLBAStatus")]
    [InlineData("SCSI.WriteSame16.Simple")]
    [InlineData("SCSI.ExtendedCopy")]
    public async Task Capture_OfTheSuite_DecodesWithoutComplaint(string family)
    {
        var tshark = Peer.Require("tshark");
        var suite = Peer.Require("iscsi-test-cu");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var capture = Path.Combine(Folder, "suite.pcap");
        await using (var relay = new RecordingRelay(daemon.EndPoint))
        {
            var ran = await Command.RunAsync(
                suite, "-d", "-t", family, $"iscsi://{relay.EndPoint}/{daemon.Target}/0");
            Assert.Contains("Run Summary", ran.Output, StringComparison.Ordinal);
            relay.WriteCapture(capture);
        }
        await AssertCleanAsync(tshark, capture);
        var commands = await Command.DoAsync(tshark, "-r", capture, "-Y", "iscsi.opcode == 0x01");
        Assert.True(commands.Split('\n').Length > 3, "the capture holds no commands");
        Assert.Equal(0, await daemon.StopAsync());
    }

    // Of what the target says nothing is malformed or remarked on; the suite's own lists may be as bad as it likes.
    private static async Task AssertCleanAsync(string tshark, string capture)
    {
        var complaints = await Command.DoAsync(tshark, "-r", capture, "-Y",
            "tcp.srcport == 3260 && (_ws.malformed || _ws.expert.severity >= 0x600000)",
            "-T", "fields", "-e", "frame.number", "-e", "_ws.col.Info", "-e", "scsi.mode.sbc.pagecode",
            "-e", "_ws.expert.message");
        Assert.DoesNotContain(
            complaints.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !IsOfVerifyErrorRecovery(line));
    }

    // tshark names mode page 07h (verify error recovery) and cannot take it apart: one "Unknown Page" each is its own.
    private static bool IsOfVerifyErrorRecovery(string complaint)
    {
        if (complaint.Split('\t') is not [_, _, var pages, var messages]) return false;
        return messages.Split(',').All(message => message == "Unknown Page")
            && messages.Split(',').Length == pages.Split(',').Count(page => Convert.ToInt32(page, 16) == 0x07);
    }

    // The values that a field has in the capture, each once.
    private static async Task<IEnumerable<int>> FieldAsync(string tshark, string capture, string field)
    {
        var decoded = await Command.DoAsync(tshark, "-r", capture, "-T", "fields", "-e", field);
        return decoded.Split(['\n', ',', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(text => Convert.ToInt32(text, text.StartsWith("0x", StringComparison.Ordinal) ? 16 : 10))
            .Distinct().Order();
    }

    private static async Task<SocketInitiator> LoginAsync(RecordingRelay relay, RunningDaemon daemon, string name)
    {
        var initiator = await SocketInitiator.ConnectAsync(relay.EndPoint);
        var settings = SocketInitiator.Settings(name, isid: name[0], target: daemon.Target);
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(settings));
        return initiator;
    }

    private static async Task TalkAsync(SocketInitiator a, SocketInitiator b, HashSet<ScsiStatus> statuses)
    {
        byte[] unknown = [0xC1, 0, 0, 0, 0, 0];
        byte[] strayBitWithAca = [0x12, 0x04, 0, 0, 36, NormalAca];
        byte[] preFetch = [0x34, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        await Say(a, Cdb.TestUnitReady);                    // the power on attention
        await Say(b, Cdb.TestUnitReady);
        await Say(a, Cdb.TestUnitReady);
        await Say(a, unknown);
        await Say(a, preFetch);
        await Say(a, [0x16, 0, 0, 0, 0, 0]);                // RESERVE (6)
        await Say(b, Cdb.TestUnitReady);
        await Say(a, [0x17, 0, 0, 0, 0, 0]);                // RELEASE (6)
        // TAS: tasks that others abort end with TASK ABORTED.
        byte[] control = [0, 0, 0, 0, 0x0A, 0x0A, 0, 0x10, 0, 0x40, 0, 0, 0, 0, 0, 0];
        await Say(a, [0x15, 0x10, 0, 0, (byte)control.Length, 0], write: control);
        await Say(b, Cdb.TestUnitReady);                    // mode parameters changed
        await AbortAsync(a, b, statuses);
        // A faulted nexus holds up itself and others, until CLEAR ACA.
        await Say(a, strayBitWithAca);
        await Say(a, Cdb.TestUnitReady);
        await Say(b, Cdb.TestUnitReady);
        await ManageAsync(a, TaskManagementFunctionCode.ClearAca);
        await Say(b, Cdb.TestUnitReady);

        async Task Say(SocketInitiator initiator, byte[] cdb, byte[]? write = null)
        {
            await initiator.SendCommandAsync(cdb, write: write);
            statuses.Add(StatusOf(await initiator.ExpectAsync(PduOpCode.ScsiResponse)));
        }
    }

    // A WRITE that waits for data fills the task set, and another nexus clears it.
    private static async Task AbortAsync(SocketInitiator a, SocketInitiator b, HashSet<ScsiStatus> statuses)
    {
        await a.SendAsync<ScsiCommand>(command =>
        {
            command.Write = true;
            command.Attribute = TaskAttributeCode.Simple;
            command.InitiatorTaskTag = new InitiatorTaskTag(0x7777);
            command.ExpectedDataTransferLength = 512;
            command.CmdSn = a.NextCmdSn();
            command.Cdb = Cdb.Write10(0, 1);
        });
        await a.ExpectAsync(PduOpCode.ReadyToTransfer);
        await a.SendCommandAsync(Cdb.TestUnitReady);
        statuses.Add(StatusOf(await a.ExpectAsync(PduOpCode.ScsiResponse)));
        await ManageAsync(b, TaskManagementFunctionCode.ClearTaskSet);
        statuses.Add(StatusOf(await a.ExpectAsync(PduOpCode.ScsiResponse)));
    }

    private static async Task ManageAsync(SocketInitiator initiator, TaskManagementFunctionCode function)
    {
        await initiator.SendAsync<TaskManagementRequest>(request =>
        {
            request.Function = function;
            request.Immediate = true;
            request.InitiatorTaskTag = new InitiatorTaskTag(0x6666);
            request.ReferencedTaskTag = InitiatorTaskTag.Reserved;
            request.CmdSn = initiator.CmdSn;
        });
        await initiator.ExpectAsync(PduOpCode.TaskManagementResponse);
    }

    private static ScsiStatus StatusOf(WirePdu pdu) => ScsiResponse.Over((ReadOnlySpan<byte>)pdu.Header).Status;
}
