using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;

namespace Lunette.Adapter.Disks;

/// <summary>
/// A disk's special file, <c>/dev/hdiskN</c>: the first open brings the disk up, the last close lets it go; in between
/// any number of openers share it, unless one wants it alone. Any thread.
/// </summary>
/// <param name="options">The disk's attributes.</param>
/// <param name="paths">Its paths.</param>
public sealed class DiskSpecialFile(ScsiDiskOptions options, IReadOnlyList<DiskPathOptions> paths) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ScsiDisk? _disk;
    private OpenExtension _mode;
    private int _opens;

    /// <summary>
    /// Opens it. SC_DIAGNOSTIC and SC_RETAIN_RESERVATION need the authority (EPERM). SC_SINGLE is EBUSY where it is
    /// open, SC_DIAGNOSTIC EACCES; while either is open every other open is EACCES.
    /// </summary>
    /// <returns>0 and the open file, or the error.</returns>
    public async Task<(Errno Error, OpenDisk? File)> OpenAsync(AdapterCaller caller,
        OpenExtension extension = OpenExtension.None)
    {
        const OpenExtension Privileged = OpenExtension.Diagnostic | OpenExtension.RetainReservation;
        if (!caller.MayConfigure && (extension & Privileged) != 0) return (Errno.EPERM, null);
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (FindObstacle(extension) is var obstacle and not Errno.None) return (obstacle, null);
            _disk ??= await ScsiDisk.OpenAsync(paths, options, extension).ConfigureAwait(false);
            if (_opens++ == 0) _mode = extension & (OpenExtension.Diagnostic | OpenExtension.Single);
            if ((extension & OpenExtension.RetainReservation) != 0) _disk.RetainsReservation = true;
            return (Errno.None, new OpenDisk(this, _disk, caller));
        }
        catch (ScsiDiskException refused)
        {
            return (refused.Errno, null);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets go of what belongs to the file itself; whoever has it open closes it first.</summary>
    public void Dispose() => _turn.Dispose();

    internal async ValueTask CloseAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (--_opens > 0) return;
            var disk = _disk!;
            _disk = null;
            await disk.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Errno FindObstacle(OpenExtension wanted)
    {
        if (_opens == 0) return Errno.None;
        if (_mode != OpenExtension.None || (wanted & OpenExtension.Diagnostic) != 0) return Errno.EACCES;
        return (wanted & OpenExtension.Single) != 0 ? Errno.EBUSY : Errno.None;
    }
}

/// <summary>One open of a disk's special file.</summary>
public sealed class OpenDisk : IAsyncDisposable
{
    private readonly DiskSpecialFile _file;
    private readonly AdapterCaller _caller;
    private int _closed;

    internal OpenDisk(DiskSpecialFile file, ScsiDisk disk, AdapterCaller caller)
    {
        _file = file;
        _caller = caller;
        Disk = disk;
    }

    /// <summary>The disk, which all openers share; it is not to be disposed here.</summary>
    public ScsiDisk Disk { get; }

    /// <summary>An operation; see <see cref="ScsiDisk.IoctlAsync"/>. Those of diagnostic mode need the authority
    /// (EPERM).</summary>
    public Task<Errno> IoctlAsync(int number, object? argument = null)
    {
        if (_closed != 0) return Task.FromResult(Errno.EINVAL);
        return DiskOperation.Find(number)?.Mode == DiskOpenMode.Diagnostic && !_caller.MayConfigure
            ? Task.FromResult(Errno.EPERM)
            : Disk.IoctlAsync(number, argument);
    }

    /// <summary>Closes it; the last one lets the disk go.</summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _closed, 1) == 0 ? _file.CloseAsync() : ValueTask.CompletedTask;
}
