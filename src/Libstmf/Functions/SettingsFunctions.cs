using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>Properties of the framework, persistence, asymmetric access.</summary>
internal static unsafe class SettingsFunctions
{
    private static PersistMethod s_methodOfProcess = PersistMethod.Smf;

    [UnmanagedCallersOnly(EntryPoint = "stmfSetStmfProp")]
    public static int SetStmfProp(byte property, byte* value) => Caller.Run(() =>
        Enum.IsDefined((StmfProperty)property) && CText.TryRead(value, CText.TextBytes, out var text)
            ? Caller.Ask(stmf => stmf.SetStmfPropAsync((StmfProperty)property, text))
            : StmfStatus.InvalidArg);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetStmfProp")]
    public static int GetStmfProp(byte property, byte* buffer, nuint* length) => Caller.Run(() =>
        Enum.IsDefined((StmfProperty)property) && buffer is not null && length is not null
            ? LuPropertyFunctions.AnswerText(
                Caller.Ask(stmf => stmf.GetStmfPropAsync((StmfProperty)property)), buffer, length)
            : StmfStatus.InvalidArg);

    [UnmanagedCallersOnly(EntryPoint = "stmfLoadStmfProps")]
    public static int LoadStmfProps() => Caller.Run(() => Caller.Ask(stmf => stmf.LoadStmfPropsAsync()));

    [UnmanagedCallersOnly(EntryPoint = "stmfGetPersistMethod")]
    public static int GetPersistMethod(byte* method, int ofService) => Caller.Run(() =>
    {
        if (method is null) return StmfStatus.InvalidArg;
        var result = ofService == 0 ? s_methodOfProcess : Caller.Ask(stmf => stmf.GetPersistMethodAsync());
        if (result.Succeeded) *method = (byte)result.Value;
        return result.WithoutValue;
    });

    // What a change is kept by is the daemon's to say; the method of the process is remembered and shown, no more.
    [UnmanagedCallersOnly(EntryPoint = "stmfSetPersistMethod")]
    public static int SetPersistMethod(byte method, int onService) => Caller.Run(() =>
    {
        var wanted = (PersistMethod)method;
        if (!Enum.IsDefined(wanted)) return StmfStatus.InvalidArg;
        var result = onService == 0
            ? StmfStatus.Success
            : Caller.Ask(stmf => stmf.SetPersistMethodAsync(wanted));
        if (result.Succeeded) s_methodOfProcess = wanted;
        return result;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfGetAluaState")]
    public static int GetAluaState(int* enabled, uint* node) => Caller.Run(() =>
    {
        if (enabled is null || node is null) return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.GetAluaStateAsync());
        if (!result.Succeeded) return result.WithoutValue;
        *enabled = result.Required.Enabled ? 1 : 0;
        *node = result.Required.Node;
        return StmfStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfSetAluaState")]
    public static int SetAluaState(int enabled, uint node) => Caller.Run(() => node > 1
        ? StmfStatus.InvalidArg
        : Caller.Ask(stmf => stmf.SetAluaStateAsync(new(enabled != 0, node))));
}
