using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>The service as a whole.</summary>
internal static unsafe class FrameworkFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "stmfGetState")]
    public static int GetState(CState* state) => Caller.Run(() =>
    {
        if (state is null) return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.GetStateAsync());
        if (!result.Succeeded) return result.WithoutValue;
        state->OperationalState = (int)result.Required.Operational;
        state->ConfigState = (int)result.Required.Config;
        return StmfStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfOnline")]
    public static int Online() => Caller.Run(() => Caller.Ask(stmf => stmf.OnlineAsync()));

    [UnmanagedCallersOnly(EntryPoint = "stmfOffline")]
    public static int Offline() => Caller.Run(() => Caller.Ask(stmf => stmf.OfflineAsync()));

    [UnmanagedCallersOnly(EntryPoint = "stmfLoadConfig")]
    public static int LoadConfig() => Caller.Run(() => Caller.Ask(stmf => stmf.LoadConfigAsync()));
}
