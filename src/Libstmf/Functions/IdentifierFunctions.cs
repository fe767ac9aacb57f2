using System.Runtime.InteropServices;
using System.Text;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>What touches nothing but the caller's memory.</summary>
internal static unsafe class IdentifierFunctions
{
    private const int WwnBytes = 8;

    [UnmanagedCallersOnly(EntryPoint = "stmfDevidFromIscsiName")]
    public static int DevidFromIscsiName(byte* name, CDevid* devid) => Caller.Run(() =>
    {
        if (devid is null || !CText.TryRead(name, CText.TextBytes, out var text)) return StmfStatus.InvalidArg;
        var status = Devid.FromIscsiName(text, out var made);
        if (status == StmfStatus.Success) CStructure.Write(made, devid);
        return status;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfDevidFromWwn")]
    public static int DevidFromWwn(byte* wwn, CDevid* devid) => Caller.Run(() =>
    {
        if (wwn is null || devid is null) return StmfStatus.InvalidArg;
        var status = Devid.FromWwn(new(wwn, WwnBytes), out var made);
        if (status == StmfStatus.Success) CStructure.Write(made, devid);
        return status;
    });

    [UnmanagedCallersOnly(EntryPoint = "stmfFreeMemory")]
    public static void FreeMemory(void* memory) => NativeMemory.Free(memory);

    /// <summary>Ours: the calling thread's last failure in words, as much as fits; the bytes all of it needs.</summary>
    [UnmanagedCallersOnly(EntryPoint = "lunette_stmf_detail")]
    public static nuint Detail(byte* buffer, nuint length)
    {
        var detail = Caller.Detail;
        if (buffer is not null && length > 0) CText.Write(detail, new(buffer, (int)Math.Min(length, CText.TextBytes)));
        return (nuint)Encoding.UTF8.GetByteCount(detail) + 1;
    }
}
