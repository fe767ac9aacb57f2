using Lunette.Scsi;

namespace Lunette.Adapter.Disks;

/// <summary>A request of a disk failed, after the retries that its kind of error is given.</summary>
public sealed class ScsiDiskException : IOException
{
    internal ScsiDiskException(string disk, Errno errno, ScsiStatus? status, Sense? sense)
        : base(Describe(disk, errno, status, sense))
    {
        Errno = errno;
        Status = status;
        Sense = sense;
    }

    internal ScsiDiskException(string disk, Errno errno, string why) : base($"{disk}: {errno}: {why}") => Errno = errno;

    /// <summary>What a caller of the special file gets.</summary>
    public Errno Errno { get; }

    /// <summary>The device's status, where it answered.</summary>
    public ScsiStatus? Status { get; }

    /// <summary>Its sense data, where there were any.</summary>
    public Sense? Sense { get; }

    internal static ScsiDiskException Short(string disk, int wanted, int missing) => new(
        disk, Errno.EIO, $"the device answered GOOD and moved {(long)wanted - missing} of {wanted} bytes");

    private static string Describe(string disk, Errno errno, ScsiStatus? status, Sense? sense)
    {
        if (sense is { } data) return $"{disk}: {errno}: {data.Describe()}";
        return status is { } answered ? $"{disk}: {errno}: {answered}" : $"{disk}: {errno}";
    }
}
