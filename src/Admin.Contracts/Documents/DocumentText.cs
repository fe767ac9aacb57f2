using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lunette.Admin.Contracts.Documents;

/// <summary>A document as text: JSON, indented; comments and a comma too many are taken.</summary>
public static class DocumentText
{
    /// <summary>Writes a document.</summary>
    public static string Write(ConfigurationDocument document) =>
        JsonSerializer.Serialize(document, DocumentJson.Default.ConfigurationDocument) + "\n";

    /// <summary>Reads a document; what is not understood is refused, with its place.</summary>
    public static StmfResult<ConfigurationDocument> Read(ReadOnlySpan<byte> text)
    {
        try
        {
            var document = JsonSerializer.Deserialize(text, DocumentJson.Default.ConfigurationDocument);
            if (document is null) return new StmfResult(StmfStatus.InvalidArg, "the file says nothing");
            return document.Lunette == ConfigurationDocument.CurrentFormat
                ? document
                : new StmfResult(StmfStatus.ServiceDataVersion,
                    $"the file has format {document.Lunette}, this program knows "
                    + $"{ConfigurationDocument.CurrentFormat}");
        }
        catch (JsonException malformed)
        {
            return new StmfResult(StmfStatus.InvalidArg, malformed.Message);
        }
    }
}

/// <summary>How documents are written; generated, no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ConfigurationDocument))]
internal sealed partial class DocumentJson : JsonSerializerContext;
