using Lunette.Admin.Contracts;
using Lunette.Backing.Files;

namespace Lunette.Daemon.Starting;

/// <summary>
/// The state directory, made if need be and held by one daemon at a time. The lock is the operating system's: it ends
/// with the process, however that ends.
/// </summary>
public sealed class HomeLock : IDisposable
{
    private const int WouldBlock = 11;
    private const int WouldBlockOfBsd = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _held;

    private HomeLock(FileStream held) => _held = held;

    /// <summary>Makes the directory and takes it.</summary>
    /// <exception cref="StartException">It cannot be made or written, or another daemon has it.</exception>
    public static HomeLock Take(LunetteHome home)
    {
        try
        {
            // The group may pass through to the socket, which has a mode of its own; the rest is nobody's business.
            DurableFolder.Create(home.DisksPath, UnixFileMode.UserRead | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(home, failed);
        }
        try
        {
            return new(new FileStream(home.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException failed)
        {
            throw Unwritable(home, failed);
        }
        catch (IOException failed) when (!IsHeld(failed))
        {
            throw Unwritable(home, failed);
        }
        catch (IOException held)
        {
            throw new StartException(
                $"another daemon serves {home.Path}; stop it, or choose another directory with --home", held);
        }
    }

    // What the system says of a lock that somebody has; a full file system is no other daemon.
    private static bool IsHeld(IOException failed) =>
        failed.HResult is WouldBlock or WouldBlockOfBsd or SharingViolation;

    /// <summary>Lets go.</summary>
    public void Dispose() => _held.Dispose();

    private static StartException Unwritable(LunetteHome home, Exception failed) => new(
        $"cannot write to {home.Path}: {Why(home, failed)}; choose a directory you may write with --home", failed);

    // The messages of files and directories name what was tried last, which is not what is wrong.
    private static string Why(LunetteHome home, Exception failed)
    {
        for (var path = home.Path; path is not null; path = Path.GetDirectoryName(path))
            if (File.Exists(path)) return $"{path} is a file";
        return failed switch
        {
            UnauthorizedAccessException => "permission denied",
            FileNotFoundException or DirectoryNotFoundException => "nothing can be made there",
            _ => failed.Message,
        };
    }
}
