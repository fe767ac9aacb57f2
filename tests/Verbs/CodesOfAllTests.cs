using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;
using Lunette.Admin.Serving;
using Lunette.Testing;
using Lunette.Testing.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Verbs;

/// <summary>What every verb can come to, verb by verb.</summary>
public sealed class CodesOfAllTests
{
    [Fact]
    public async Task EveryVerb_ArgumentsOfNoSense_InvalidArg()
    {
        await using var kit = await AdminKit.StartAsync();
        foreach (var verb in StmfVerbs.All.Where(verb => verb.Parameters.Count > 0))
        {
            foreach (var nonsense in (string[])["null", "7", "\"text\"", "[]", "{}"])
            {
                using var said = JsonDocument.Parse(nonsense);
                var result = await verb.InvokeAsync(kit.Local, said.RootElement);
                Assert.True(
                    StmfStatus.InvalidArg == result.Status || nonsense == "{}" && MayBeEmpty(verb),
                    $"{verb.Name} {nonsense}: {result.Status}");
            }
        }

        static bool MayBeEmpty(AdminVerb verb) => verb == StmfVerbs.ClearErrorLog || verb == StmfVerbs.SetSlowThreshold;
    }

    [Fact]
    public async Task EveryVerbThatChanges_WhereOneMayOnlyLook_Perm()
    {
        await using var kit = await AdminKit.StartAsync();
        using var folder = new TestFolder();
        await using var server = new AdminServer(
            kit.Local, folder.File("observe.sock"), new(VerbAccess.Read, Ownership.Group),
            NullLogger<AdminServer>.Instance);
        await using var stream = (await AdminSocket.ConnectAsync(folder.File("observe.sock"))).Required;
        foreach (var verb in StmfVerbs.All.Where(verb => verb is { Access: VerbAccess.Change, TakesDescriptor: false }))
            Assert.Equal((int)StmfStatus.Perm, (await AskAsync(stream, verb)).Status);
    }

    [Fact]
    public async Task VerbsWithoutArguments_NoDaemon_ServiceNotFoundAndWhatToDo()
    {
        using var folder = new TestFolder();
        await using var nobody = RemoteAdmin.OverUnixSocket(folder.File("admin.sock"));
        using var nothing = JsonDocument.Parse("{}");
        foreach (var verb in StmfVerbs.All.Where(verb => verb.Parameters.Count == 0))
        {
            var result = await verb.InvokeAsync(nobody, nothing.RootElement);
            Assert.Equal(StmfStatus.ServiceNotFound, result.Status);
            Assert.Contains("lunette serve", result.Detail, StringComparison.Ordinal);
        }
    }

    private static async Task<AdminReply> AskAsync(Stream stream, AdminVerb verb)
    {
        var stop = TestContext.Current.CancellationToken;
        using var nothing = JsonDocument.Parse("{}");
        var request = new AdminRequest(AdminWire.Version, verb.Name, nothing.RootElement);
        await AdminWire.WriteAsync(stream, request, AdminJson.Default.AdminRequest, stop);
        return (await AdminWire.ReadAsync(stream, AdminJson.Default.AdminReply, stop))!;
    }
}
