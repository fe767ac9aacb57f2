using System.Diagnostics;

namespace Lunette.Testing;

/// <summary>A small file system of its own, where the machine lets one mount; gone with the test.</summary>
public sealed class SmallFileSystem : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _point;
    private bool _mounted;

    private SmallFileSystem() => _point = _folder.File("mnt");

    public string File(string name) => Path.Combine(_point, name);

    /// <summary>
    /// Mounts a tmpfs, an ext4, or an xfs, which can share blocks between files; skips the test with the reason when
    /// that is not permitted.
    /// </summary>
    public static SmallFileSystem Mount(string kind)
    {
        var system = new SmallFileSystem();
        Directory.CreateDirectory(system._point);
        var image = system._folder.File("fs.img");
        var why = kind switch
        {
            "tmpfs" => Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", system._point),
            "xfs" => Run("truncate", "-s", "320m", image) ?? Run("mkfs.xfs", "-q", image),
            _ => Run("truncate", "-s", "16m", image) ?? Run("mkfs.ext4", "-q", "-F", image),
        };
        if (kind != "tmpfs") why ??= Run("mount", "-o", "loop", image, system._point);
        system._mounted = why is null;
        if (why is null) return system;
        system.Dispose();
        Assert.Skip($"this machine does not let the test mount a small {kind}: {why}");
        return system;
    }

    /// <summary>Runs a program; null when it succeeded, else what it said.</summary>
    public static string? Run(string program, params string[] arguments) => Run(out _, program, arguments);

    public static string? Run(out string output, string program, params string[] arguments)
    {
        output = "";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            output = process.StandardOutput.ReadToEnd().Trim();
            var said = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program}: {said}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"{program}: {e.Message}";
        }
    }

    public void Dispose()
    {
        // Busy for as long as a process that is being started has what others had open.
        if (_mounted) SpinWait.SpinUntil(() => Run("umount", _point) is null, Eventually.Patience);
        _folder.Dispose();
    }
}
