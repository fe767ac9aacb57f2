using System.Net.Sockets;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Serving;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon.Starting;

/// <summary>
/// The daemon's sockets: one to administer, for one group, and where there is a group of observers one to look.
/// </summary>
public sealed class AdminSockets : IAsyncDisposable
{
    private const string AdministratorsGroup = "lunette";
    private const string ObserversGroup = "lunette-read";

    private readonly List<AdminServer> _servers = [];

    private AdminSockets()
    {
    }

    /// <summary>Opens them.</summary>
    /// <exception cref="StartException">One cannot be opened, or a group that was named is not there.</exception>
    public static async ValueTask<AdminSockets> OpenAsync(
        ILunetteAdmin admin, ServeOptions options, ILogger<AdminServer> log)
    {
        var sockets = new AdminSockets();
        var home = options.Home;
        var administrators = FindGroup(options.AdminGroup, "--admin-group", AdministratorsGroup);
        var observers = FindGroup(options.ReadGroup, "--read-group", ObserversGroup);
        LetThrough(home, administrators, observers);
        try
        {
            sockets.Add(admin, home.SocketPath, new(VerbAccess.Change, administrators ?? Ownership.Group), log);
            File.Delete(home.ObserverSocketPath);
            if (observers is { } group)
                sockets.Add(admin, home.ObserverSocketPath, new(VerbAccess.Read, group), log);
            return sockets;
        }
        catch
        {
            await sockets.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private static uint? FindGroup(string? named, string option, string usual) => named is null
        ? Ownership.FindGroup(usual)
        : Ownership.FindGroup(named) ?? throw new StartException($"{option} {named}: there is no such group");

    // The sockets have modes of their own; through the home one must be able to pass, and to read nothing in it.
    private static void LetThrough(LunetteHome home, uint? administrators, uint? observers)
    {
        if (OperatingSystem.IsWindows()) return;
        if (administrators is { } first && (observers is null || observers == first)
            && Ownership.TryGiveTo(home.Path, first))
        {
            return;
        }
        if (administrators is null && observers is null) return;
        File.SetUnixFileMode(home.Path, File.GetUnixFileMode(home.Path) | UnixFileMode.OtherExecute);
    }

    private void Add(ILunetteAdmin admin, string path, SocketAccess access, ILogger<AdminServer> log)
    {
        try
        {
            _servers.Add(new AdminServer(admin, path, access, log));
        }
        catch (Exception failed) when (failed is SocketException or IOException or ArgumentException)
        {
            throw new StartException(
                $"cannot open the administrators' socket {path}: {failed.Message}; choose another home with --home",
                failed);
        }
    }
}
