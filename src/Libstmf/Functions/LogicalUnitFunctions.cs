using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>Logical units.</summary>
internal static unsafe class LogicalUnitFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "stmfCreateLu")]
    public static int CreateLu(nint resource, CGuid* created) => Caller.Run(() =>
    {
        if (!LuResources.TryCopy(resource, out var bag)) return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.CreateLuAsync(bag));
        if (result.Succeeded && created is not null) CStructure.Write(result.Required, created);
        return result.WithoutValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfImportLu")]
    public static int ImportLu(ushort type, byte* file, CGuid* imported) => Caller.Run(() =>
    {
        if (type != (ushort)LuResourceType.Disk || imported is null || !TryReadPath(file, out var path))
            return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.ImportLuAsync(LuResourceType.Disk, path));
        // A disk that is there already is named all the same.
        if (result.Status is StmfStatus.Success or StmfStatus.FileInUse && result.Value != default)
            CStructure.Write(result.Value, imported);
        return result.WithoutValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfDeleteLu")]
    public static int DeleteLu(CGuid* logicalUnit) =>
        On(logicalUnit, static (stmf, guid) => stmf.DeleteLuAsync(guid));

    [UnmanagedCallersOnly(EntryPoint = "stmfLuStandby")]
    public static int LuStandby(CGuid* logicalUnit) =>
        On(logicalUnit, static (stmf, guid) => stmf.LuStandbyAsync(guid));

    [UnmanagedCallersOnly(EntryPoint = "stmfOnlineLogicalUnit")]
    public static int OnlineLogicalUnit(CGuid* logicalUnit) =>
        On(logicalUnit, static (stmf, guid) => stmf.OnlineLogicalUnitAsync(guid));

    [UnmanagedCallersOnly(EntryPoint = "stmfOfflineLogicalUnit")]
    public static int OfflineLogicalUnit(CGuid* logicalUnit) =>
        On(logicalUnit, static (stmf, guid) => stmf.OfflineLogicalUnitAsync(guid));

    [UnmanagedCallersOnly(EntryPoint = "stmfGetLogicalUnitList")]
    public static int GetLogicalUnitList(void** list) =>
        Lists.Answer<StmfGuid, CGuid>(list, static stmf => stmf.GetLogicalUnitListAsync(), CStructure.Write);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetLogicalUnitProperties")]
    public static int GetLogicalUnitProperties(CGuid* logicalUnit, CLogicalUnitProperties* properties) =>
        Caller.Run(() =>
        {
            if (!CStructure.TryRead(logicalUnit, out var guid) || properties is null) return StmfStatus.InvalidArg;
            var result = Caller.Ask(stmf => stmf.GetLogicalUnitPropertiesAsync(guid));
            if (result.Succeeded) CStructure.Write(result.Required, properties);
            return result.WithoutValue;
        });

    [UnmanagedCallersOnly(EntryPoint = "stmfModifyLu")]
    public static int ModifyLu(CGuid* logicalUnit, uint property, byte* value) => Caller.Run(() =>
    {
        if (!CStructure.TryRead(logicalUnit, out var guid) || !CText.TryRead(value, CText.TextBytes, out var text))
            return StmfStatus.InvalidArg;
        return IsModifiable(property)
            ? Caller.Ask(stmf => stmf.ModifyLuAsync(guid, (LuProperty)property, text))
            : StmfStatus.InvalidProp;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfModifyLuByFname")]
    public static int ModifyLuByFname(ushort type, byte* file, uint property, byte* value) => Caller.Run(() =>
    {
        if (type != (ushort)LuResourceType.Disk || !TryReadPath(file, out var path)
            || !CText.TryRead(value, CText.TextBytes, out var text))
            return StmfStatus.InvalidArg;
        return IsModifiable(property)
            ? Caller.Ask(stmf =>
                stmf.ModifyLuByFileNameAsync(LuResourceType.Disk, path, (LuProperty)property, text))
            : StmfStatus.InvalidProp;
    });

    private static int On(CGuid* logicalUnit, Func<IStmf, StmfGuid, ValueTask<StmfResult>> verb) => Caller.Run(() =>
        CStructure.TryRead(logicalUnit, out var guid)
            ? Caller.Ask(stmf => verb(stmf, guid))
            : StmfStatus.InvalidArg);

    private static bool TryReadPath(byte* file, [NotNullWhen(true)] out string? path) =>
        CText.TryRead(file, CText.TextBytes, out path) && path.Length > 0;

    private static bool IsModifiable(uint property) =>
        LuPropertyRow.Find((LuProperty)property) is { Modifiable: true };
}
