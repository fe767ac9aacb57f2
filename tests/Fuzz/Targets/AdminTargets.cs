using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Lunette.Admin;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;
using Lunette.Admin.Iscsi;
using Lunette.Fuzz.Engine;

namespace Lunette.Fuzz.Targets;

/// <summary>What an administrator's program says: requests on the socket, provider data, names and sizes.</summary>
internal static class AdminTargets
{
    private static readonly string[] s_lists =
    [
        """{"values":[{"name":"isns","type":"String","text":"true"}]}""",
        """
        {"values":[{"name":"targets","type":"List","list":{"values":[{"name":"iqn.2026-11.example:t","type":"List",
        "list":
        {"values":[{"name":"auth","type":"String","text":"chap"},{"name":"tpg-tag","type":"StringArray",
        "texts":["a"]}]}}
        ]}}]}
        """,
        """
        {"values":[{"name":"tpgs","type":"List","list":{"values":[{"name":"g","type":"List","list":{"values":[{"name":
        "tag","type":"UInt64","unsigned":2},{"name":"portals","type":"StringArray","texts":["10.0.0.1:3260"]}]}}]}}]}
        """,
    ];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("admin-wire", "messages on the administrator's socket: refused, or a request whose arguments are read",
            Wire,
            () => [.. StmfVerbs.All.Select(verb => Message(Request(verb))), Message("null"),
                [0x7F, 0xFF, 0xFF, 0xFF, 1]])
        {
            Words = [.. StmfVerbs.All.Select(verb => Encoding.UTF8.GetBytes(verb.Name)),
                .. StmfVerbs.All.SelectMany(verb => verb.Parameters)
                    .Select(one => Encoding.UTF8.GetBytes($"\"{one.Name}\":")), "null"u8.ToArray(), "[]"u8.ToArray(),
                "{}"u8.ToArray(), "\"a\""u8.ToArray(), "1e999"u8.ToArray(), "[null]"u8.ToArray()],
            AllocationBase = 1 << 20,
            AllocationPerByte = 512,
            ShortRun = 1_500,
        },
        new("provider-data", "provider data, and iSCSI's configuration in it: read, written and read the same",
            Provider,
            () => s_lists.Select(Encoding.UTF8.GetBytes))
        {
            Words = [.. new[] { "null", "[]", "{}", "\"list\":", "\"texts\":[null]", "\"values\":[null]", "\"name\":",
                "\"type\":\"List\"", "chap", "none", "targets", "tpgs", "initiators" }.Select(Encoding.UTF8.GetBytes)],
            AllocationBase = 1 << 20,
            AllocationPerByte = 1024,
            ShortRun = 1_500,
        },
        new("admin-text", "port names, GUIDs and sizes as people type them", Texts,
            () => [.. new[] { "iqn.2026-11.example:a", "eui.0123456789abcdef", "wwn.2100000E1E123456", "1.5g", "7.99e",
                "600144F0000000000000000000000001", "naa.6" }.Select(Encoding.UTF8.GetBytes)])
        {
            LengthMax = 300,
        },
    ];

    private static string Request(AdminVerb verb)
    {
        var arguments = string.Join(',', verb.Parameters.Select(one => $"\"{one.Name}\":" + one.Type switch
        {
            nameof(StmfGuid) => "\"600144F0000000000000000000000001\"",
            nameof(Devid) or nameof(String) => "\"iqn.2026-11.example:a\"",
            nameof(Boolean) => "true",
            nameof(NameValueList) => s_lists[0],
            var type when type.Contains("Int", StringComparison.Ordinal) => "1",
            _ => "{}",
        }));
        return $"{{\"version\":1,\"verb\":\"{verb.Name}\",\"arguments\":{{{arguments}}}}}";
    }

    private static byte[] Message(string json)
    {
        var text = Encoding.UTF8.GetBytes(json);
        var message = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, text.Length);
        text.CopyTo(message, 4);
        return message;
    }

    private static void Wire(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        try
        {
            // A memory stream is never waited for.
            var reading = AdminWire.ReadAsync(stream, AdminJson.Default.AdminRequest, CancellationToken.None).AsTask();
            FuzzException.Unless(reading.IsCompleted, "a read from memory waits");
            if (reading.GetAwaiter().GetResult() is { } request
                && StmfVerbs.Find(request.Verb) is { } verb) Arguments(verb, request);
        }
        catch (Exception refused) when (refused is InvalidDataException or IOException)
        {
            // What the server answers by dropping the connection.
        }
    }

    private static void Arguments(AdminVerb verb, AdminRequest request)
    {
        var info = AdminJson.Default.GetTypeInfo(verb.GetType().GenericTypeArguments[0])!;
        object? arguments;
        try
        {
            arguments = request.Arguments.Deserialize(info);
        }
        catch (JsonException)
        {
            return;         // what the verb answers with InvalidArg
        }
        if (arguments is null) return;
        var text = JsonSerializer.Serialize(arguments, info);
        var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(text, info), info);
        FuzzException.Unless(text == again, $"{verb.Name}: {text} becomes {again}");
        if (arguments is ProviderDataArguments data) Configure(data.Data);
    }

    private static void Provider(ReadOnlySpan<byte> input)
    {
        if (ProviderDataText.Read(input.ToArray()) is not { } list) return;
        FuzzException.Unless(ProviderDataText.Read(ProviderDataText.Write(list)) is not null,
            "a list is not read again");
        Configure(list);
    }

    private static void Configure(NameValueList list)
    {
        var first = IscsitConfiguration.FromList(list);
        if (!first.Succeeded) return;
        var second = IscsitConfiguration.FromList(first.Value!.ToList());
        FuzzException.Unless(second.Succeeded, $"a configuration is not read again: {second.Detail}");
        var (before, after) = (ProviderDataText.Write(first.Value.ToList()),
            ProviderDataText.Write(second.Value!.ToList()));
        FuzzException.Unless(before.AsSpan().SequenceEqual(after), "a configuration changes when it is written");
        _ = first.Value.SecretReferences;
    }

    private static void Texts(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (SizeText.TryParse(text, out var bytes))
        {
            FuzzException.Unless(bytes > 0, "a size that is not positive");
            _ = SizeText.Describe(bytes);
        }
        if (StmfGuid.TryParse(text, out var guid))
            FuzzException.Unless(StmfGuid.TryParse(guid.ToString(), out var same) && same == guid,
                $"{guid} reads another");
        if (Devid.TryParse(text, out var devid))
        {
            FuzzException.Unless(Encoding.UTF8.GetByteCount(devid.Name) <= Devid.LengthMax, "a port name is too long");
            FuzzException.Unless(Devid.TryParse(devid.Name, out var same) && same == devid, $"{devid} reads another");
        }
    }
}
