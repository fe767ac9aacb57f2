using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;
using Lunette.Fuzz.Engine;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// What administrators ask for, carried out. An input is requests, each behind its length in two bytes: the verb's
/// number in the table, and its arguments. <see cref="VerbRun"/> carries them out and checks.
/// </summary>
internal static class VerbTargets
{
    private const int DepthMax = 4;

    private static readonly string[] s_texts =
    [
        "a", "b", "iqn.2026-11.example:a", "iqn.2026-11.example:b", "wwn.2100000E1E123456", "disk", "1m", "0", "",
        "true", "iscsit", "sbd", "none", "chap", "default", "10.0.0.1:3260", "10.0.0.1", "12345678901234567890",
    ];

    // The small disks of the kit are numbered from one.
    private static readonly string[] s_guids =
        ["60000000000000000000000000000001", "60000000000000000000000000000002", "600144F0000000000000000000000001"];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("admin-verbs", "requests of administrators, carried out: each comes to a status, and a restart finds all",
            VerbRun.Run, () => [Every(), Input((Number("CreateHostGroup"), """{"group":"a"}"""))])
        {
            Make = Make,
            LengthMax = 1 << 16,
            AllocationBase = 512 << 20,
            AllocationPerByte = 1 << 14,
            StepsBase = 400_000_000,
            ShortRun = 25,
            TimeMax = TimeSpan.FromMinutes(5),      // each change is synced to a file
        },
    ];

    private static int Number(string verb) => StmfVerbs.All.ToList().FindIndex(one => one.Name == verb);

    // Each verb once, in the order of the table.
    private static byte[] Every()
    {
        var random = new FuzzRandom(1);
        return Input([.. Enumerable.Range(0, StmfVerbs.All.Count).Select(verb => (verb, Arguments(random, verb)))]);
    }

    private static byte[] Make(FuzzRandom random) => Input([.. Enumerable.Range(0, 4 + random.Below(40)).Select(_ =>
    {
        var verb = random.Below(StmfVerbs.All.Count);
        return (verb, Arguments(random, verb));
    })]);

    private static byte[] Input(params (int Verb, string Arguments)[] requests)
    {
        List<byte> input = [];
        foreach (var (verb, arguments) in requests)
        {
            var text = Encoding.UTF8.GetBytes(arguments);
            input.AddRange([(byte)((text.Length + 1) >> 8), (byte)(text.Length + 1), (byte)verb, .. text]);
        }
        return [.. input];
    }

    private static string Arguments(FuzzRandom random, int verb) =>
        Value(random, StmfVerbs.All[verb].GetType().GenericTypeArguments[0], DepthMax);

    // Something of a type, as it is written on the wire; now and then what no type has.
    private static string Value(FuzzRandom random, Type type, int depth)
    {
        if (random.OneIn(200)) return random.Of(["null", "[]", "{}", "-1", "1e400", "\"\"", "[null]"]);
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return random.OneIn(2) ? "null" : Value(random, inner, depth);
        if (type == typeof(StmfGuid)) return Quoted(random.Of(s_guids));
        if (type == typeof(string) || type == typeof(Devid))
            return Quoted(random.OneIn(8) ? random.Of(s_guids) : random.Of(s_texts));
        if (type == typeof(bool)) return random.OneIn(2) ? "true" : "false";
        if (type.IsEnum) return Quoted(random.Of(Enum.GetNames(type)));
        if (type == typeof(DateTimeOffset)) return "\"2026-11-22T00:00:00+00:00\"";
        if (type == typeof(LuResource)) return Resource(random);
        if (type.IsPrimitive) return random.Below(random.OneIn(4) ? 20_000 : 3).ToString(CultureInfo.InvariantCulture);
        if (depth == 0) return "null";
        if (type.IsAssignableTo(typeof(IEnumerable)) && type.IsGenericType)
        {
            var item = type.GenericTypeArguments[^1];
            var items = Enumerable.Range(0, random.Below(3)).Select(_ => Value(random, item, depth - 1));
            return type.GenericTypeArguments.Length == 1 ? $"[{string.Join(',', items)}]" : "{}";
        }
        if (AdminJson.Default.GetTypeInfo(type) is not { } info) return "null";
        return "{" + string.Join(',', info.Properties.Where(_ => !random.OneIn(60)).Select(
            property => $"{Quoted(property.Name)}:{Value(random, property.PropertyType, depth - 1)}")) + "}";
    }

    private static string Resource(FuzzRandom random)
    {
        var resource = new LuResource();
        resource.Set(LuProperty.Filename, "/" + random.Of(s_texts));
        if (random.OneIn(2)) resource.Set(LuProperty.Guid, random.Of(s_guids));
        if (random.OneIn(2)) resource.Set(LuProperty.Alias, random.Of(s_texts));
        return JsonSerializer.Serialize(resource, AdminJson.Default.LuResourceArguments.Options.GetTypeInfo(
            typeof(LuResource)));
    }

    private static string Quoted(string text) => $"\"{text}\"";
}
