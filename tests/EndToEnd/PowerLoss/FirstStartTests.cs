using System.Net;
using Lunette.Admin.Contracts;
using Lunette.Daemon;
using Lunette.Daemon.Starting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.EndToEnd.PowerLoss;

/// <summary>
/// The power goes during the first start, or after it: the next start serves, and once the first has said so, the same
/// target with the same disk.
/// </summary>
public sealed class FirstStartTests : EndToEndTests
{
    private const int MomentsTried = 40;

    private (string Target, StmfGuid Disk) _said;
    private double _servesAt;

    [Fact]
    public async Task PowerLoss_AnyMoment_NextStartServesWhatWasSaid()
    {
        var calls = await RecordAsync();
        Assert.Null(await FindLossAsync(calls, seed: 41, from: 0));
    }

    [Fact]
    public async Task PowerLoss_FoldersNotSynced_LossFound()
    {
        var calls = await RecordAsync();
        var forgetful = calls.FindAll(call => call.Kind != FileCallKind.Sync || call.Path != Folder);
        Assert.NotNull(await FindLossAsync(forgetful, seed: 41, from: _servesAt));
    }

    private Task<List<FileCall>> RecordAsync() => TracedDaemon.RecordAsync(Folder, Home, async daemon =>
    {
        _servesAt = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        await using var admin = daemon.Administer();
        _said = await LookAsync(admin);
    });

    private async Task<string?> FindLossAsync(List<FileCall> calls, int seed, double from)
    {
        var random = new Random(seed);
        var moments = calls.FindAll(call => call.Time > from);
        for (var tried = 0; tried < MomentsTried; tried++)
        {
            var moment = moments[random.Next(moments.Count)];
            // In its own place: the configuration names disks by their paths.
            Directory.Delete(Home, recursive: true);
            new CrashedFolder(calls, moment.Begun).Draw(random, name => name);
            if (await StartAsync() is not { } found) return $"line {moment.Begun}: no start";
            if (moment.Time > _servesAt && found != _said) return $"line {moment.Begun}: {found}, not {_said}";
        }
        return null;
    }

    private async Task<(string Target, StmfGuid Disk)?> StartAsync()
    {
        try
        {
            var options = new ServeOptions
            {
                Home = new LunetteHome(Home),
                Portals = [new(IPAddress.Loopback, 0)],
                Loops = 1,
                MachineName = Environment.MachineName,
            };
            await using var system = await TargetSystem.StartAsync(options, NullLoggerFactory.Instance);
            return await LookAsync(system.Admin);
        }
        catch (StartException)
        {
            return null;
        }
    }

    private static async Task<(string Target, StmfGuid Disk)> LookAsync(ILunetteAdmin admin)
    {
        var target = (await admin.GetTargetListAsync()).Required.Single().Name;
        var disk = (await admin.GetLogicalUnitListAsync()).Required.Single();
        Assert.Single((await admin.GetViewEntryListAsync(disk)).Required);
        return (target, disk);
    }
}
