using Lunette.Admin.Contracts;

namespace Lunette.Cli.Stmfadm;

/// <summary>
/// online-target, offline-target, online-lu, offline-lu: the verb is asynchronous, so the command looks again every
/// 300 ms, at most 30 times, until the state is reached or falls back.
/// </summary>
internal static class StateChange
{
    private const string Command = StmfadmCommand.Name;
    private const int LooksMax = 30;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(300);

    private enum Progress
    {
        Reached,
        UnderWay,
        FellBack,
    }

    public static async Task<int> TargetAsync(IStmf stmf, Terminal terminal, string name, bool online)
    {
        if (!Devid.TryParse(name, out var target)) return terminal.Fail(Command, name, StmfStatus.NotFound);
        if (online && await ServiceIsOfflineAsync(stmf) is { Succeeded: false } refused)
            return terminal.Fail(Command, null, refused);
        var (wanted, back) = online
            ? (TargetPortState.Online, TargetPortState.Offline)
            : (TargetPortState.Offline, TargetPortState.Online);
        var asked = online ? await stmf.OnlineTargetAsync(target) : await stmf.OfflineTargetAsync(target);
        return asked.Succeeded
            ? await WaitAsync(terminal, name, async () =>
            {
                var now = await stmf.GetTargetPropertiesAsync(target);
                return (now.WithoutValue, Judge(now.Value?.Status, wanted, back));
            })
            : terminal.Fail(Command, name, asked);
    }

    public static async Task<int> LogicalUnitAsync(IStmf stmf, Terminal terminal, string name, bool online)
    {
        if (!StmfGuid.TryParse(name, out var guid))
            return terminal.FailGuid(Command, name);
        if (online && await ServiceIsOfflineAsync(stmf) is { Succeeded: false } refused)
            return terminal.Fail(Command, null, refused);
        var (wanted, back) = online
            ? (LogicalUnitState.Online, LogicalUnitState.Offline)
            : (LogicalUnitState.Offline, LogicalUnitState.Online);
        var asked = online ? await stmf.OnlineLogicalUnitAsync(guid) : await stmf.OfflineLogicalUnitAsync(guid);
        return asked.Succeeded
            ? await WaitAsync(terminal, name, async () =>
            {
                var now = await stmf.GetLogicalUnitPropertiesAsync(guid);
                return (now.WithoutValue, Judge(now.Value?.Status, wanted, back));
            })
            : terminal.Fail(Command, name, asked);
    }

    public static async Task<int> ServiceAsync(IStmf stmf, Terminal terminal, bool online)
    {
        var (wanted, back) = online
            ? (ServiceState.Online, ServiceState.Offline)
            : (ServiceState.Offline, ServiceState.Online);
        var asked = online ? await stmf.OnlineAsync() : await stmf.OfflineAsync();
        return asked.Succeeded
            ? await WaitAsync(terminal, "service", async () =>
            {
                var now = await stmf.GetStateAsync();
                return (now.WithoutValue, Judge(now.Value?.Operational, wanted, back));
            })
            : terminal.Fail(Command, null, asked);
    }

    private static async Task<StmfResult> ServiceIsOfflineAsync(IStmf stmf)
    {
        var state = await stmf.GetStateAsync();
        if (!state.Succeeded) return state.WithoutValue;
        return state.Value!.Operational == ServiceState.Offline ? StmfStatus.ServiceOffline : StmfStatus.Success;
    }

    private static Progress Judge<T>(T? now, T wanted, T back)
        where T : struct, Enum =>
        EqualityComparer<T?>.Default.Equals(now, wanted) ? Progress.Reached
        : EqualityComparer<T?>.Default.Equals(now, back) ? Progress.FellBack
        : Progress.UnderWay;

    private static async Task<int> WaitAsync(
        Terminal terminal, string name, Func<Task<(StmfResult Result, Progress Progress)>> look)
    {
        for (var looks = 0; looks < LooksMax; looks++)
        {
            var (result, progress) = await look();
            if (!result.Succeeded) return terminal.Fail(Command, name, result);
            if (progress == Progress.Reached) return ExitStatus.Success;
            if (progress == Progress.FellBack) return terminal.Fail(Command, name, "the state change failed");
            await Task.Delay(s_betweenLooks, terminal.Time);
        }
        return terminal.Fail(Command, name, "request submitted; waiting for its completion timed out");
    }
}
