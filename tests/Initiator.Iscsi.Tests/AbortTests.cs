using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Scsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>Cancellation on the wire, and task management.</summary>
public sealed class AbortTests : IDisposable
{
    private readonly SimulatedNetwork _net = new();
    private readonly List<Function> _functions = [];
    private readonly List<uint> _held = [];
    private TaskManagementResponseCode? _answer = TaskManagementResponseCode.FunctionComplete;

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task Cancel_OnTheWire_AbortTaskThenCancelled()
    {
        var session = await ConnectAsync();
        using var stop = new CancellationTokenSource();
        var task = StartCancellable(session, Read10(0, 1), new byte[512], default, stop.Token);
        _net.Pump();
        await stop.CancelAsync();
        Assert.False(task.IsCompleted);
        _net.Pump();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        var function = Assert.Single(_functions);
        Assert.Equal(TaskManagementFunctionCode.AbortTask, function.Code);
        Assert.Equal(_held[0], function.Referenced);
        Assert.Equal(new CmdSn(1), function.RefCmdSn);
        await CloseAsync(session);
    }

    [Fact]
    public async Task Cancel_BeforeItIsSent_NothingOnTheWire()
    {
        var session = await ConnectAsync();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var task = StartCancellable(session, Read10(0, 1), new byte[512], default, stop.Token);
        _net.Pump();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.Empty(_held);
        Assert.Empty(_functions);
        await CloseAsync(session);
    }

    [Fact]
    public async Task Cancel_AnsweredFirst_ResultCounts()
    {
        var session = await ConnectAsync();
        using var stop = new CancellationTokenSource();
        var task = StartCancellable(session, Read10(0, 1), new byte[512], default, stop.Token);
        _net.Pump();
        _answer = null;
        await stop.CancelAsync();
        _net.Pump();
        _net.Target.Last.Respond(_held[0], ScsiStatus.Good);
        _net.Target.Last.Answer(_functions[0].Tag, TaskManagementResponseCode.TaskDoesNotExist);
        _net.Pump();
        Assert.True((await task).IsGood);
        await CloseAsync(session);
    }

    [Fact]
    public async Task Cancel_FunctionRejected_CommandGoesOn()
    {
        var session = await ConnectAsync();
        _answer = TaskManagementResponseCode.FunctionRejected;
        using var stop = new CancellationTokenSource();
        var task = StartCancellable(session, Read10(0, 1), new byte[512], default, stop.Token);
        _net.Pump();
        await stop.CancelAsync();
        _net.Pump();
        Assert.False(task.IsCompleted);
        _net.Target.Last.Respond(_held[0], ScsiStatus.Good);
        _net.Pump();
        Assert.True((await task).IsGood);
        await CloseAsync(session);
    }

    [Fact]
    public async Task Cancel_TargetSwallowsAborts_SessionIsDroppedAndOthersSentAgain()
    {
        var session = await ConnectAsync();
        _answer = null;
        using var stop = new CancellationTokenSource();
        var task = StartCancellable(session, Read10(0, 1), new byte[512], default, stop.Token);
        var other = Start(session, Read10(1, 1), new byte[512]);
        _net.Pump();
        await stop.CancelAsync();
        _net.Advance(TimeSpan.FromSeconds(14));
        Assert.False(task.IsCompleted);
        _net.Target.OnPdu = null;
        _net.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.True((await other).IsGood);
        Assert.Contains(_net.Notices, notice => notice.Fault?.Kind == IscsiFaultKind.AbortFailed);
        Assert.Equal(2, session.Settings.Logins);
        await CloseAsync(session);
    }

    [Fact]
    public async Task Cancel_MoreThanFunctionsAtOnce_AllAreAbortedInTheEnd()
    {
        var session = await ConnectAsync();
        _answer = null;
        using var stop = new CancellationTokenSource();
        var tasks = Enumerable.Range(0, 60)
            .Select(_ => StartCancellable(session, Read10(0, 1), new byte[512], default, stop.Token)).ToList();
        _net.Pump();
        await stop.CancelAsync();
        _net.Pump();
        Assert.Equal(32, _functions.Count);
        for (var i = 0; i < 60; i++)
        {
            _net.Target.Last.Answer(_functions[i].Tag, TaskManagementResponseCode.FunctionComplete);
            _net.Pump();
        }
        foreach (var task in tasks) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        await CloseAsync(session);
    }

    [Fact]
    public async Task Manage_AbortTaskSet_EarlierTasksOfTheUnitEnd()
    {
        var session = await ConnectAsync();
        var task = Start(session, Read10(0, 1), new byte[512]);
        var elsewhere = session.ExecuteAsync(
            new IscsiCommand(Lun.FromNumber(1), Read10(0, 1)), new byte[512], default, CancellationToken.None).AsTask();
        _net.Pump();
        var managing = session.ManageAsync(TaskManagementFunction.AbortTaskSet, Lun.Zero);
        _net.Pump();
        var result = await managing.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ServiceResponse.FunctionComplete, result.Response);
        Assert.Equal(CommandOutcome.Aborted, (await task).Outcome);
        Assert.False(elsewhere.IsCompleted);
        _net.Target.Last.Respond(_held[1], ScsiStatus.Good);
        _net.Pump();
        Assert.True((await elsewhere).IsGood);
        await CloseAsync(session);
    }

    [Theory]
    [InlineData(TaskManagementResponseCode.FunctionNotSupported, ServiceResponse.FunctionRejected)]
    [InlineData(TaskManagementResponseCode.LunDoesNotExist, ServiceResponse.IncorrectLogicalUnitNumber)]
    [InlineData(TaskManagementResponseCode.FunctionSucceeded, ServiceResponse.FunctionSucceeded)]
    public async Task Manage_TargetsWord_IsTold(TaskManagementResponseCode code, ServiceResponse response)
    {
        var session = await ConnectAsync();
        _answer = code;
        var managing = session.ManageAsync(TaskManagementFunction.QueryTaskSet, Lun.Zero);
        _net.Pump();
        var result = await managing.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((response, code, null), (result.Response, result.Code, result.Fault));
        await CloseAsync(session);
    }

    [Fact]
    public async Task Manage_ConnectionLost_DeliveryFailure()
    {
        var session = await ConnectAsync();
        _answer = null;
        var managing = session.ManageAsync(TaskManagementFunction.LogicalUnitReset, Lun.Zero);
        _net.Pump();
        _net.Cut();
        _net.Pump();
        var result = await managing.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ServiceResponse.ServiceDeliveryOrTargetFailure, result.Response);
        Assert.Equal(IscsiFaultKind.ConnectionLost, result.Fault!.Kind);
        await CloseAsync(session);
    }

    [Fact]
    public async Task Manage_QueryAtProtocolLevel1_NotSent()
    {
        _net.Target.Terms = new() { Negotiation = new() };
        var session = await ConnectAsync();
        var managing = session.ManageAsync(TaskManagementFunction.QueryTaskSet, Lun.Zero);
        _net.Pump();
        var result = await managing.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(TaskManagementResponseCode.FunctionNotSupported, result.Code);
        Assert.Empty(_functions);
        await CloseAsync(session);
    }

    private async Task<IscsiSession> ConnectAsync()
    {
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode == PduOpCode.ScsiCommand)
            {
                _held.Add(header.InitiatorTaskTag.Value);
                return true;
            }
            if (header.OpCode != PduOpCode.TaskManagementRequest) return false;
            var request = TaskManagementRequest.Over(header);
            _functions.Add(new(
                request.Function, request.InitiatorTaskTag.Value, request.ReferencedTaskTag.Value, request.RefCmdSn));
            if (_answer is { } code) side.Answer(request.InitiatorTaskTag.Value, code);
            return true;
        };
        return await _net.ConnectAsync();
    }

    private async Task CloseAsync(IscsiSession session)
    {
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    private sealed record Function(TaskManagementFunctionCode Code, uint Tag, uint Referenced, CmdSn RefCmdSn);
}
