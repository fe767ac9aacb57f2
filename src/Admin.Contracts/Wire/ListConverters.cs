using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lunette.Admin.Contracts.Wire;

// Nullability is checked by the serializer for members and not for the elements of a list, so these two look.

/// <summary>Lists of texts; null among them is malformed.</summary>
internal sealed class TextListConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("a list was expected");
        List<string> texts = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) throw new JsonException("a list of texts was expected");
            texts.Add(reader.GetString()!);
        }
        return texts;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}

/// <summary>Values of a <see cref="NameValueList"/>; null among them, or too many, is malformed.</summary>
internal sealed class NameValuesConverter : JsonConverter<IReadOnlyList<NameValue>>
{
    public override IReadOnlyList<NameValue> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("a list was expected");
        List<NameValue> values = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (values.Count == NameValueList.CountMax)
                throw new JsonException($"a list has at most {NameValueList.CountMax} values");
            values.Add(JsonSerializer.Deserialize(ref reader, AdminJson.Default.NameValue)
                ?? throw new JsonException("a list holds no null"));
        }
        return values;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<NameValue> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var one in value) JsonSerializer.Serialize(writer, one, AdminJson.Default.NameValue);
        writer.WriteEndArray();
    }
}
