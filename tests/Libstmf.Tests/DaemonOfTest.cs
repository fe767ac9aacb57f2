using System.Net;
using Lunette.Admin.Contracts;
using Lunette.Daemon;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Libstmf.Tests;

/// <summary>A whole daemon in this process, with one target, one initiator logged in and no disk.</summary>
internal sealed class DaemonOfTest : IAsyncDisposable
{
    public const string Target = "iqn.2026-11.example:target";
    public const string Alias = "the target";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lunette-c-");
    private TargetSystem? _system;
    private LoggedIn? _initiator;

    public (string, string)[] Environment =>
    [
        ("LUNETTE_SOCKET", Home.SocketPath), ("TARGET", Target), ("ALIAS", Alias), ("DISKS", Home.DisksPath),
        // A collection every few calls, in whatever thread and process they are: 64 KiB, in hexadecimal.
        ("DOTNET_GCgen0size", "10000"),
    ];

    /// <summary>Where a library that is told nothing else finds it.</summary>
    public LunetteHome Home => new(_folder.FullName);

    public static async Task<DaemonOfTest> StartAsync()
    {
        var daemon = new DaemonOfTest();
        try
        {
            await daemon.BeginAsync();
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _initiator?.Dispose();
        if (_system is not null) await _system.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task BeginAsync()
    {
        _system = await TargetSystem.StartAsync(
            new() { Home = Home, Portals = [new(IPAddress.Loopback, 0)], Loops = 1, FirstDiskBytes = 1 << 20 },
            NullLoggerFactory.Instance);
        // What the first start made is not what the scenarios speak of.
        var admin = _system.Admin;
        foreach (var disk in (await admin.GetLogicalUnitListAsync()).Required)
        {
            foreach (var view in (await admin.GetViewEntryListAsync(disk)).Required)
                await admin.RemoveViewEntryAsync(disk, view.Index!.Value);
            Assert.Equal(StmfStatus.Success, (await admin.DeleteLuAsync(disk)).Status);
        }
        foreach (var target in (await admin.GetTargetListAsync()).Required)
            Assert.Equal(StmfStatus.Success, (await admin.DeleteIscsiTargetAsync(target.Name, force: true)).Status);
        Assert.Equal(Target, (await admin.CreateIscsiTargetAsync(new() { Name = Target, Alias = Alias })).Required);
        await _system.Framework.WaitForTargetAsync(Target, online: true, TestContext.Current.CancellationToken);
        _initiator = await LoggedIn.AsAsync("iqn.2026-11.example:client", "the client", Target, _system.Portals[0]);
    }
}
