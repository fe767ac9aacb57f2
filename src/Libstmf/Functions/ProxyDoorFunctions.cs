using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;

namespace Lunette.Libstmf.Functions;

/// <summary>The way to the other of two nodes. The daemon takes a copy of the descriptor.</summary>
internal static unsafe class ProxyDoorFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "stmfInitProxyDoor")]
    public static int InitProxyDoor(int* handle, int door) => Caller.Run(() =>
    {
        if (handle is null || door < 0) return StmfStatus.InvalidArg;
        var opened = Caller.Ask(stmf => stmf.InitProxyDoorAsync(door));
        if (opened.Succeeded) *handle = opened.Value;
        return opened.WithoutValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfPostProxyMsg")]
    public static int PostProxyMsg(int handle, void* message, uint length) => Caller.Run(() =>
    {
        if (message is null || length > int.MaxValue) return StmfStatus.InvalidArg;
        var bytes = new ReadOnlySpan<byte>(message, (int)length).ToArray();
        return Caller.Ask(stmf => stmf.PostProxyMsgAsync(handle, bytes));
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfDestroyProxyDoor")]
    public static void DestroyProxyDoor(int handle) =>
        Caller.Run(() => Caller.Ask(stmf => stmf.DestroyProxyDoorAsync(handle)));
}
