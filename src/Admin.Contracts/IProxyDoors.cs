namespace Lunette.Admin.Contracts;

/// <summary>
/// The proxy door: the way over which two nodes that share logical units reach each other (asymmetric access).
/// </summary>
public interface IProxyDoors
{
    /// <summary>
    /// <c>stmfInitProxyDoor</c>: installs a door. From then on this node shows what the other one owns, and carries
    /// commands for it there.
    /// </summary>
    /// <param name="descriptor">A connected stream socket (AF_UNIX) of the calling process, whose other end the other
    /// node has, or whoever carries its frames there. The daemon takes a copy; the caller's own stays its own.</param>
    /// <returns>The door's handle; <see cref="StmfStatus.DoorInstalled"/> where there is one,
    /// <see cref="StmfStatus.InvalidArg"/> where the descriptor is no such socket.</returns>
    ValueTask<StmfResult<int>> InitProxyDoorAsync(int descriptor);

    /// <summary>
    /// <c>stmfPostProxyMsg</c>: puts in a message of the other node: one frame, whole, as it came out of the other
    /// node's door. <see cref="StmfStatus.PostMsgFailed"/> where it is none, or there is no such door.
    /// </summary>
    ValueTask<StmfResult> PostProxyMsgAsync(int door, byte[] message);

    /// <summary>
    /// <c>stmfDestroyProxyDoor</c>: closes a door; what the other node owns is in standby here. Success also where
    /// there is none.
    /// </summary>
    ValueTask<StmfResult> DestroyProxyDoorAsync(int door);
}
