using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>Target ports and their sessions.</summary>
internal static unsafe class TargetFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "stmfGetTargetList")]
    public static int GetTargetList(void** list) =>
        Lists.Answer<Devid, CDevid>(list, stmf => stmf.GetTargetListAsync(), CStructure.Write);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetTargetProperties")]
    public static int GetTargetProperties(CDevid* target, CTargetProperties* properties) => Caller.Run(() =>
    {
        if (!CStructure.TryRead(target, out var devid) || properties is null) return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.GetTargetPropertiesAsync(devid));
        if (result.Succeeded) CStructure.Write(result.Required, properties);
        return result.WithoutValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfGetSessionList")]
    public static int GetSessionList(CDevid* target, void** list) => CStructure.TryRead(target, out var devid)
        ? Lists.Answer<SessionProperties, CSession>(list, stmf => stmf.GetSessionListAsync(devid), CStructure.Write)
        : Caller.Run(() => StmfStatus.InvalidArg);

    [UnmanagedCallersOnly(EntryPoint = "stmfOnlineTarget")]
    public static int OnlineTarget(CDevid* target) => Caller.Run(() =>
        CStructure.TryRead(target, out var devid)
            ? Caller.Ask(stmf => stmf.OnlineTargetAsync(devid))
            : StmfStatus.InvalidArg);

    [UnmanagedCallersOnly(EntryPoint = "stmfOfflineTarget")]
    public static int OfflineTarget(CDevid* target) => Caller.Run(() =>
        CStructure.TryRead(target, out var devid)
            ? Caller.Ask(stmf => stmf.OfflineTargetAsync(devid))
            : StmfStatus.InvalidArg);
}
