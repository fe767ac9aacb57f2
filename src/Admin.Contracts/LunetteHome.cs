namespace Lunette.Admin.Contracts;

/// <summary>Where a daemon keeps its state, and where its socket lies: one directory.</summary>
/// <param name="Path">The directory.</param>
public sealed record LunetteHome(string Path)
{
    /// <summary>The variable that names the directory.</summary>
    public const string Variable = "LUNETTE_HOME";

    /// <summary>The socket administrators talk to.</summary>
    public string SocketPath => System.IO.Path.Combine(Path, "admin.sock");

    /// <summary>The configuration store.</summary>
    public string StorePath => System.IO.Path.Combine(Path, "lunette.db");

    /// <summary>What a running daemon holds locked.</summary>
    public string LockPath => System.IO.Path.Combine(Path, "lunette.lock");

    /// <summary>Where disks lie that were made without a path of their own.</summary>
    public string DisksPath => System.IO.Path.Combine(Path, "disks");

    /// <summary>
    /// The directory: the option where it is given, else <c>LUNETTE_HOME</c>, else <c>lunette</c> in the XDG data
    /// directory.
    /// </summary>
    /// <param name="option">What <c>--home</c> said; null where it was not given.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static LunetteHome Resolve(string? option, Func<string, string?> environment)
    {
        if (!string.IsNullOrEmpty(option)) return new(System.IO.Path.GetFullPath(option));
        if (environment(Variable) is { Length: > 0 } named) return new(System.IO.Path.GetFullPath(named));
        var data = environment("XDG_DATA_HOME") is { Length: > 0 } xdg && System.IO.Path.IsPathRooted(xdg)
            ? xdg
            : System.IO.Path.Combine(environment("HOME") is { Length: > 0 } home ? home : ".", ".local", "share");
        return new(System.IO.Path.GetFullPath(System.IO.Path.Combine(data, "lunette")));
    }
}
