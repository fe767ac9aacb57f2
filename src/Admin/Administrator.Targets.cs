using Lunette.Admin.Contracts;
using Lunette.Stmf.Transitions;

namespace Lunette.Admin;

/// <content>Target ports and their sessions.</content>
public sealed partial class Administrator
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<Devid>>> GetTargetListAsync() =>
        Listed(framework.TargetPorts.Select(info => ToDevid(info.Port.Name)));

    /// <inheritdoc/>
    public ValueTask<StmfResult<TargetProperties>> GetTargetPropertiesAsync(Devid target)
    {
        if (framework.FindTargetPort(target.Name) is not { } info) return new(NoTarget(target));
        var port = info.Port;
        return new(new TargetProperties(
            target, port.ProviderName, port.Alias, PortState(info.State), (StmfProtocol)port.ProtocolIdentifier));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<SessionProperties>>> GetSessionListAsync(Devid target) =>
        framework.SessionsAt(target.Name) is { } sessions
            ? Listed(sessions.Select(session =>
                new SessionProperties(ToDevid(session.Initiator.Name), session.Initiator.Alias, session.CreatedAt)))
            : new(new StmfResult(StmfStatus.Error, $"no target {target}"));

    /// <inheritdoc/>
    public ValueTask<StmfResult> OnlineTargetAsync(Devid target) => new(framework.OnlineTarget(target.Name).ToAdmin());

    /// <inheritdoc/>
    public ValueTask<StmfResult> OfflineTargetAsync(Devid target) =>
        new(framework.OfflineTarget(target.Name).ToAdmin());

    private static StmfResult NoTarget(Devid target) => new(StmfStatus.NotFound, $"target {target} not found");

    private static TargetPortState PortState(ObjectState state) => state switch
    {
        ObjectState.Online => TargetPortState.Online,
        ObjectState.Onlining => TargetPortState.Onlining,
        ObjectState.Offlining or ObjectState.ForcedOfflining => TargetPortState.Offlining,
        _ => TargetPortState.Offline,
    };

    // Names of ports and initiators were judged when they came in; one that is no device name shows as empty.
    private static Devid ToDevid(string name) => Devid.TryCreate(name, out var devid) ? devid : default;

    private static ValueTask<StmfResult<IReadOnlyList<T>>> Listed<T>(IEnumerable<T> items)
    {
        IReadOnlyList<T> list = [.. items];
        return new(new StmfResult<IReadOnlyList<T>>(StmfStatus.Success, list));
    }
}
