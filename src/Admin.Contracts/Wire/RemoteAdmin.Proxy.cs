using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Wire;

/// <content>The proxy door.</content>
public sealed partial class RemoteAdmin
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<int>> InitProxyDoorAsync(int descriptor) => descriptor < 0
        ? new(StmfStatus.InvalidArg)
        : CallAsync(StmfVerbs.InitProxyDoor, new(-1), descriptor);

    /// <inheritdoc/>
    public ValueTask<StmfResult> PostProxyMsgAsync(int door, byte[] message) =>
        CallWithoutValueAsync(StmfVerbs.PostProxyMsg, new(door, message));

    /// <inheritdoc/>
    public ValueTask<StmfResult> DestroyProxyDoorAsync(int door) =>
        CallWithoutValueAsync(StmfVerbs.DestroyProxyDoor, new(door));
}
