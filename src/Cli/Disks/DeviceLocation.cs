using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Initiator.Iscsi;

namespace Lunette.Cli.Disks;

/// <summary>What an operand of a disk command names.</summary>
internal abstract record DeviceLocation
{
    /// <summary>A logical unit at a URL.</summary>
    public sealed record Url(IscsiUrl At) : DeviceLocation
    {
        public override string ToString() => At.ToString();
    }

    /// <summary>A device of an adapter that the daemon hosts: <c>scsi0/1/0</c>.</summary>
    public sealed record Hosted(string Adapter, ulong ScsiId, int Lun) : DeviceLocation
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Adapter}/{ScsiId}/{Lun}");
    }

    /// <summary>A file or block device of this machine.</summary>
    public sealed record LocalFile(string Path) : DeviceLocation
    {
        public override string ToString() => Path;
    }

    /// <summary>Reads an operand; what is neither URL nor device is a file.</summary>
    public static StmfResult<DeviceLocation> Parse(string word)
    {
        if (IscsiUrl.IsOne(word))
        {
            return IscsiUrl.TryParse(word, out var url) && url is { Target: not null, Lun: not null }
                ? new StmfResult<DeviceLocation>(StmfStatus.Success, new Url(url))
                : new(StmfStatus.InvalidArg, Detail: "write iscsi://[user@]host[:port]/target/lun, and no password");
        }
        return new(StmfStatus.Success, TryParseHosted(word) is { } hosted ? hosted : new LocalFile(word));
    }

    private static Hosted? TryParseHosted(string word)
    {
        var parts = word.Split('/');
        var name = parts[0].AsSpan().TrimEnd("0123456789");
        var isName = name.Length > 0 && name.Length < parts[0].Length && !name.ContainsAnyExceptInRange('a', 'z');
        return parts.Length == 3 && isName
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var lun)
            ? new(parts[0], id, lun)
            : null;
    }
}
