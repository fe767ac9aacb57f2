using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>Who sees which logical unit.</summary>
internal static unsafe class ViewFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "stmfAddViewEntry")]
    public static int AddViewEntry(CGuid* logicalUnit, CViewEntry* entry) => Caller.Run(() =>
    {
        if (!CStructure.TryRead(logicalUnit, out var guid) || !CStructure.TryRead(entry, out var wanted))
            return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.AddViewEntryAsync(guid, wanted));
        if (result.Succeeded) CStructure.WriteChosen(result.Required, entry);
        return result.WithoutValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfRemoveViewEntry")]
    public static int RemoveViewEntry(CGuid* logicalUnit, uint index) => Caller.Run(() =>
        CStructure.TryRead(logicalUnit, out var guid)
            ? Caller.Ask(stmf => stmf.RemoveViewEntryAsync(guid, index))
            : StmfStatus.InvalidArg);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetViewEntryList")]
    public static int GetViewEntryList(CGuid* logicalUnit, void** list) => CStructure.TryRead(logicalUnit, out var guid)
        ? Lists.Answer<ViewEntry, CViewEntry>(list, stmf => stmf.GetViewEntryListAsync(guid), CStructure.Write)
        : Caller.Run(() => StmfStatus.InvalidArg);

    [UnmanagedCallersOnly(EntryPoint = "stmfValidateView")]
    public static int ValidateView(CViewEntry* entry) => Caller.Run(() =>
    {
        if (!CStructure.TryRead(entry, out var wanted)) return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.ValidateViewAsync(wanted));
        if (result.Succeeded) CStructure.WriteChosen(result.Required, entry);
        return result.WithoutValue;
    });
}
