using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;

namespace Lunette.Admin;

/// <summary>Provider data as bytes: what the framework and the store keep without looking at it.</summary>
internal static class ProviderDataText
{
    public static byte[] Write(NameValueList list) =>
        JsonSerializer.SerializeToUtf8Bytes(list, AdminJson.Default.NameValueList);

    /// <summary>Null where the bytes are not a list.</summary>
    public static NameValueList? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, AdminJson.Default.NameValueList);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
