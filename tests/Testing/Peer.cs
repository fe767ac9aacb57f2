namespace Lunette.Testing;

/// <summary>A foreign program a test runs against; the list of them is <c>eng/peers.txt</c>.</summary>
public static class Peer
{
    // Root's tools (tgtd, mke2fs) are not on every user's PATH.
    private static readonly string[] s_folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    /// <summary>A peer's command; without it the calling test skips and says what to install.</summary>
    public static string Require(string command)
    {
        var path = s_folders.Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
        if (path is null) Assert.Skip($"peer '{command}' is missing: {Remedy(command)}");
        return path;
    }

    /// <summary>The same for a package that brings no command, only files (QEMU's iSCSI driver, a header).</summary>
    public static void RequirePackage(string package)
    {
        var (_, proof) = List().First(row => row.Package == package);
        if (!Exists(proof)) Assert.Skip($"peer package '{package}' is missing: apt-get install {package}");
    }

    private static string Remedy(string command)
    {
        var package = List().Where(row => row.Proof == command).Select(row => row.Package).FirstOrDefault();
        return package is null ? "install it" : $"apt-get install {package}";
    }

    // A proof is a path in which one folder name may be '*'.
    private static bool Exists(string proof)
    {
        var star = proof.IndexOf("/*/", StringComparison.Ordinal);
        if (star < 0) return File.Exists(proof);
        var above = proof[..star];
        return Directory.Exists(above)
            && Directory.EnumerateDirectories(above).Any(folder => File.Exists(folder + proof[(star + 2)..]));
    }

    private static IEnumerable<(string Package, string Proof)> List() =>
        from line in File.ReadLines(Path.Combine(Repository.Root, "eng", "peers.txt"))
        where line.Length > 0 && line[0] != '#'
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        select (cells[0], cells[1]);
}
