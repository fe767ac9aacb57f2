using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;
using Lunette.Fuzz.Engine;
using Lunette.Testing.Admin;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// One input over a whole administrator: framework, store and settings are the product's, medium and wire are not
/// there. What it leaves must be what a restart finds.
/// </summary>
internal static class VerbRun
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    public static void Run(ReadOnlySpan<byte> input)
    {
        List<(AdminVerb Verb, byte[] Arguments)> requests = [];
        for (var reader = new FuzzReader(input); !reader.IsEmpty && requests.Count < 200;)
        {
            var request = new FuzzReader(reader.Block());
            var verb = StmfVerbs.All[request.Byte() % StmfVerbs.All.Count];
            if (!verb.TakesDescriptor) requests.Add((verb, request.Rest.ToArray()));
        }
        OneThread.Run(() => RunAsync(requests), s_patience);
    }

    private static async Task RunAsync(List<(AdminVerb Verb, byte[] Arguments)> requests)
    {
        await using var kit = await AdminKit.StartAsync();
        foreach (var (verb, text) in requests)
        {
            JsonElement arguments;
            try
            {
                arguments = JsonDocument.Parse(text).RootElement;
            }
            catch (JsonException)
            {
                continue;       // no request: the target admin-wire has those
            }
            var result = await verb.InvokeAsync(kit.Local, arguments);
            FuzzException.Unless(Enum.IsDefined(result.Status), $"{verb.Name}: comes to no status: {result.Status}");
        }
        // Who was told to keep nothing keeps nothing.
        if ((await kit.Local.GetPersistMethodAsync()).Value == PersistMethod.None) return;
        var before = await DescribeAsync(kit);
        await kit.RestartAsync();
        var after = await DescribeAsync(kit);
        FuzzException.Unless(before == after, $"a restart finds something else: {before} becomes {after}");
    }

    private static async Task<string> DescribeAsync(AdminKit kit)
    {
        var exported = await kit.Local.ExportConfigurationAsync(ExportScope.Whole, null);
        FuzzException.Unless(exported.Succeeded, $"cannot be exported: {exported.Detail}");
        return JsonSerializer.Serialize(exported.Value!, AdminJson.Default.ConfigurationDocument);
    }
}
