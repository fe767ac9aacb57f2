namespace Lunette.Admin.Contracts;

/// <summary>Where a daemon keeps its state, and where its socket lies: one directory.</summary>
/// <param name="Path">The directory.</param>
public sealed record LunetteHome(string Path)
{
    /// <summary>The variable that names the directory.</summary>
    public const string Variable = "LUNETTE_HOME";

    /// <summary>The variable in which a service manager says where a service keeps its state (systemd.exec).</summary>
    public const string ServiceVariable = "STATE_DIRECTORY";

    /// <summary>The directory of the service, as its unit has it.</summary>
    public const string ServicePath = "/var/lib/lunette";

    /// <summary>The variable that names the socket itself, for commands and C programs.</summary>
    public const string SocketVariable = "LUNETTE_SOCKET";

    /// <summary>The socket administrators talk to.</summary>
    public string SocketPath => System.IO.Path.Combine(Path, "admin.sock");

    /// <summary>The socket of those who may only look; there where such a group is.</summary>
    public string ObserverSocketPath => System.IO.Path.Combine(Path, "observe.sock");

    /// <summary>The configuration store.</summary>
    public string StorePath => System.IO.Path.Combine(Path, "lunette.db");

    /// <summary>What a running daemon holds locked.</summary>
    public string LockPath => System.IO.Path.Combine(Path, "lunette.lock");

    /// <summary>Where disks lie that were made without a path of their own.</summary>
    public string DisksPath => System.IO.Path.Combine(Path, "disks");

    /// <summary>
    /// The directory of a daemon: the option where it is given, else <c>LUNETTE_HOME</c>, else what the service manager
    /// says, else <c>lunette</c> in the XDG data directory.
    /// </summary>
    /// <param name="option">What <c>--home</c> said; null where it was not given.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static LunetteHome ForDaemon(string? option, Func<string, string?> environment)
    {
        if (Named(option, environment) is { } named) return named;
        return environment(ServiceVariable) is { Length: > 0 } states
            ? At(states.Split(':')[0])
            : InDataDirectory(environment);
    }

    /// <summary>
    /// The directory of the daemon that a command means: as <see cref="ForDaemon"/> has it for a user; where nobody
    /// named one and none serves there, the service's, if that serves.
    /// </summary>
    /// <param name="option">What <c>--home</c> said; null where it was not given.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="exists">Whether a socket is there.</param>
    public static LunetteHome ForCommands(
        string? option, Func<string, string?> environment, Func<string, bool> exists)
    {
        if (Named(option, environment) is { } named) return named;
        var (own, service) = (InDataDirectory(environment), new LunetteHome(ServicePath));
        return !exists(own.SocketPath) && exists(service.SocketPath) ? service : own;
    }

    private static LunetteHome? Named(string? option, Func<string, string?> environment)
    {
        if (!string.IsNullOrEmpty(option)) return At(option);
        return environment(Variable) is { Length: > 0 } variable ? At(variable) : null;
    }

    private static LunetteHome InDataDirectory(Func<string, string?> environment)
    {
        var data = environment("XDG_DATA_HOME") is { Length: > 0 } xdg && System.IO.Path.IsPathRooted(xdg)
            ? xdg
            : System.IO.Path.Combine(environment("HOME") is { Length: > 0 } home ? home : ".", ".local", "share");
        return At(System.IO.Path.Combine(data, "lunette"));
    }

    private static LunetteHome At(string path) => new(System.IO.Path.GetFullPath(path));
}
