using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>Property bags of disks, and the properties all disks share.</summary>
internal static unsafe class LuPropertyFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "stmfCreateLuResource")]
    public static int CreateLuResource(ushort type, nint* resource) => Caller.Run(() =>
        type != (ushort)LuResourceType.Disk || resource is null ? StmfStatus.InvalidArg : Give(new(), resource));

    [UnmanagedCallersOnly(EntryPoint = "stmfFreeLuResource")]
    public static int FreeLuResource(nint resource) => Caller.Run(() =>
        LuResources.Remove(resource) ? StmfStatus.Success : StmfStatus.InvalidArg);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetLuResource")]
    public static int GetLuResource(CGuid* logicalUnit, nint* resource) => Caller.Run(() =>
    {
        if (!CStructure.TryRead(logicalUnit, out var guid) || resource is null) return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.GetLuResourceAsync(guid));
        return result.Succeeded ? Give(result.Required, resource) : result.WithoutValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfGetLuProp")]
    public static int GetLuProp(nint resource, uint property, byte* buffer, nuint* length) => Caller.Run(() =>
    {
        if (buffer is null || length is null) return StmfStatus.InvalidArg;
        var result = LuResources.With(resource, bag => bag.Get((LuProperty)property));
        return AnswerText(result, buffer, length);
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfSetLuProp")]
    public static int SetLuProp(nint resource, uint property, byte* value) => Caller.Run(() =>
    {
        if (!CText.TryRead(value, CText.TextBytes, out var text)) return StmfStatus.InvalidArg;
        return LuResources.With(resource, bag =>
        {
            var set = bag.Set((LuProperty)property, text);
            return new StmfResult<bool>(set.Status, set.Succeeded, set.Detail);
        }).WithoutValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfGetGlobalLuProp")]
    public static int GetGlobalLuProp(ushort type, uint property, byte* buffer, nuint* length) => Caller.Run(() =>
    {
        if (buffer is null || length is null || type != (ushort)LuResourceType.Disk) return StmfStatus.InvalidArg;
        if (LuPropertyRow.Find((LuProperty)property) is null) return StmfStatus.InvalidProp;
        var result = Caller.Ask(stmf => stmf.GetGlobalLuPropAsync(LuResourceType.Disk, (LuProperty)property));
        return AnswerText(result, buffer, length);
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfSetGlobalLuProp")]
    public static int SetGlobalLuProp(ushort type, uint property, byte* value) => Caller.Run(() =>
    {
        if (type != (ushort)LuResourceType.Disk || !CText.TryRead(value, CText.TextBytes, out var text))
            return StmfStatus.InvalidArg;
        return LuPropertyRow.Find((LuProperty)property) is null
            ? StmfStatus.InvalidProp
            : Caller.Ask(stmf => stmf.SetGlobalLuPropAsync(LuResourceType.Disk, (LuProperty)property, text));
    });

    /// <summary>A text for the caller's buffer, by the rule of its length.</summary>
    internal static StmfResult AnswerText(StmfResult<string> result, byte* buffer, nuint* length)
    {
        if (!result.Succeeded) return result.WithoutValue;
        return CText.TryAnswer(result.Required, buffer, length)
            ? StmfStatus.Success
            : new StmfResult(StmfStatus.InvalidArg, $"the value needs {*length} bytes");
    }

    private static StmfResult Give(LuResource bag, nint* resource)
    {
        var handle = LuResources.Add(bag);
        if (handle == 0) return new(StmfStatus.NoMem, $"{LuResources.CountMax} resources are held: free some");
        *resource = handle;
        return StmfStatus.Success;
    }
}
