using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;

namespace Lunette.Libstmf.Functions;

/// <summary>
/// The way to a peer node. The daemon offers none, so a door is refused; arguments are judged as they would be.
/// </summary>
internal static unsafe class ProxyDoorFunctions
{
    private const string NoDoor = "this daemon has no way to a peer node";

    [UnmanagedCallersOnly(EntryPoint = "stmfInitProxyDoor")]
    public static int InitProxyDoor(int* handle, int door) => Caller.Run(() => handle is null || door < 0
        ? StmfStatus.InvalidArg
        : new StmfResult(StmfStatus.Error, NoDoor));

    [UnmanagedCallersOnly(EntryPoint = "stmfPostProxyMsg")]
    public static int PostProxyMsg(int handle, void* message, uint length) => Caller.Run(() => message is null
        ? StmfStatus.InvalidArg
        : new StmfResult(StmfStatus.PostMsgFailed, $"door {handle} is not open: {length} bytes were not delivered"));

    [UnmanagedCallersOnly(EntryPoint = "stmfDestroyProxyDoor")]
    public static void DestroyProxyDoor(int handle) => _ = handle;
}
