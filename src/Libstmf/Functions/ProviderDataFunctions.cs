using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.NameValues;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>Provider data.</summary>
internal static unsafe class ProviderDataFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "stmfGetProviderData")]
    public static int GetProviderData(byte* provider, CNameValueList** data, int type) =>
        Get(provider, data, type, null);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetProviderDataProt")]
    public static int GetProviderDataProt(byte* provider, CNameValueList** data, int type, ulong* token) =>
        Get(provider, data, type, token);

    [UnmanagedCallersOnly(EntryPoint = "stmfSetProviderData")]
    public static int SetProviderData(byte* provider, CNameValueList* data, int type) =>
        Set(provider, data, type, null);

    [UnmanagedCallersOnly(EntryPoint = "stmfSetProviderDataProt")]
    public static int SetProviderDataProt(byte* provider, CNameValueList* data, int type, ulong* token) =>
        Set(provider, data, type, token);

    [UnmanagedCallersOnly(EntryPoint = "stmfClearProviderData")]
    public static int ClearProviderData(byte* provider, int type) => Caller.Run(() =>
        TryRead(provider, type, out var name)
            ? Caller.Ask(stmf => stmf.ClearProviderDataAsync(name, (ProviderType)type))
            : StmfStatus.InvalidArg);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetProviderDataList")]
    public static int GetProviderDataList(void** list) =>
        Lists.Answer<Provider, CProvider>(list, static stmf => stmf.GetProviderDataListAsync(), CStructure.Write);

    private static int Get(byte* provider, CNameValueList** data, int type, ulong* token) => Caller.Run(() =>
    {
        if (data is null || !TryRead(provider, type, out var name)) return StmfStatus.InvalidArg;
        var result = Caller.Ask(stmf => stmf.GetProviderDataAsync(name, (ProviderType)type));
        if (!result.Succeeded) return result.WithoutValue;
        *data = Exchange.Make(result.Required.Data);
        if (token is not null) *token = result.Required.Token;
        return StmfStatus.Success;
    });

    private static int Set(byte* provider, CNameValueList* data, int type, ulong* token) => Caller.Run(() =>
    {
        if (data is null || !TryRead(provider, type, out var name) || !Exchange.TryRead(data, out var list))
            return StmfStatus.InvalidArg;
        ulong? known = token is null ? null : *token;
        var result = Caller.Ask(stmf => stmf.SetProviderDataAsync(name, (ProviderType)type, list, known));
        if (result.Succeeded && token is not null) *token = result.Value;
        return result.WithoutValue;
    });

    private static bool TryRead(byte* provider, int type, [NotNullWhen(true)] out string? name) =>
        CText.TryReadName(provider, out name) && Enum.IsDefined((ProviderType)type);
}
