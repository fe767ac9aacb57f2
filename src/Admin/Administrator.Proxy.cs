using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Admin.Proxying;

namespace Lunette.Admin;

/// <content>The proxy door.</content>
public sealed partial class Administrator
{
    private static readonly StmfResult s_noDoors =
        new(StmfStatus.Error, "this program has no way to a second node");

    /// <summary>What carries commands between two nodes; null where there is nothing of the kind.</summary>
    public IPeerDoors? Doors { get; init; }

    /// <inheritdoc/>
    public ValueTask<StmfResult<int>> InitProxyDoorAsync(int descriptor)
    {
        if (descriptor < 0 || DescriptorPassing.TryCopySocket(descriptor) is not { } socket)
            return new(new StmfResult(StmfStatus.InvalidArg, "a door is a connected Unix stream socket"));
        if (Doors is null)
        {
            socket.Dispose();
            return new(s_noDoors);
        }
        if (Doors.Open(socket) is { } door) return new(door);
        socket.Dispose();
        return new(new StmfResult(StmfStatus.DoorInstalled, "there is a door already; destroy it first"));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> PostProxyMsgAsync(int door, byte[] message) => new(Doors?.Post(door, message) == true
        ? StmfStatus.Success
        : new StmfResult(StmfStatus.PostMsgFailed, $"door {door} is not open, or the message is not one whole frame"));

    /// <inheritdoc/>
    public async ValueTask<StmfResult> DestroyProxyDoorAsync(int door)
    {
        if (Doors is not null) await Doors.CloseAsync(door);
        return StmfStatus.Success;
    }
}
