using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;
using Lunette.Lu.Disk;
using Lunette.Lu.Disk.Provider;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Daemon.Disks;

/// <summary>The disks of <c>sbd</c>: administrators' words turned into disks of files and block devices.</summary>
/// <param name="provider">What makes the disks.</param>
public sealed class FileDisks(DiskProvider provider) : IDiskProvider
{
    private const string Yes = "true";
    private const string No = "false";

    /// <inheritdoc/>
    public async ValueTask<StmfResult<LogicalUnit>> CreateAsync(LuResource resource, Predicate<StmfGuid> isTaken)
    {
        var properties = new DiskProperties
        {
            DataPath = Text(LuProperty.Filename)!,
            MetadataPath = Text(LuProperty.MetaFilename),
            Alias = Text(LuProperty.Alias),
            LengthBytes = Text(LuProperty.Size) is { } size ? long.Parse(size, CultureInfo.InvariantCulture) : null,
            BlockLengthBytes = Text(LuProperty.BlockSize) is { } block
                ? int.Parse(block, CultureInfo.InvariantCulture) : DiskOptions.BlockLengthMin,
            Id = LogicalUnitId.TryParse(Text(LuProperty.Guid), out var id) ? id : null,
            CompanyId = Hexadecimal(LuProperty.CompanyId),
            HostId = Hexadecimal(LuProperty.HostId),
            VendorId = Text(LuProperty.Vid),
            ProductId = Text(LuProperty.Pid),
            SerialNumber = Text(LuProperty.SerialNum),
            ManagementUrl = Text(LuProperty.MgmtUrl),
            WriteProtected = Text(LuProperty.WriteProtect) == Yes,
            WriteCacheDisabled = Text(LuProperty.WriteCacheDisable) == Yes,
            Thin = Text(LuProperty.Thin) != No,
            Removable = Text(LuProperty.Removable) == Yes,
            Protection = Text(LuProperty.Protection) is { } type
                ? (ProtectionType)int.Parse(type, CultureInfo.InvariantCulture) : null,
        };
        return Answer(await provider.CreateAsync(properties, other => isTaken(new(other.High, other.Low))));

        string? Text(LuProperty property) => resource.Values.GetValueOrDefault(property);

        uint? Hexadecimal(LuProperty property) => Text(property) is { } digits
            ? uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : null;
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<LogicalUnit>> ImportAsync(string fileName) =>
        Answer(await provider.ImportAsync(fileName));

    /// <inheritdoc/>
    public LuResource Describe(LogicalUnit disk)
    {
        var now = ((DiskUnit)disk).Disk;
        var metadata = provider.FindMetadata((DiskUnit)disk);
        var resource = new LuResource()
            .With(LuProperty.Alias, now.Unit.Alias)
            .With(LuProperty.Guid, now.Unit.Id.ToString())
            .With(LuProperty.BlockSize, now.BlockLengthBytes.ToString(CultureInfo.InvariantCulture))
            .With(LuProperty.Size, now.LengthBytes.ToString(CultureInfo.InvariantCulture))
            .With(LuProperty.Vid, now.Unit.VendorId)
            .With(LuProperty.Pid, now.Unit.ProductId)
            .With(LuProperty.WriteProtect, now.WriteProtected ? Yes : No)
            .With(LuProperty.WriteCacheDisable, ((DiskUnit)disk).WriteCacheEnabled ? No : Yes)
            .With(LuProperty.Thin, now.Thin ? Yes : No)
            .With(LuProperty.Removable, now.Removable ? Yes : No);
        if (now.Protection is { } protection)
            resource.With(LuProperty.Protection, ((int)protection).ToString(CultureInfo.InvariantCulture));
        if (now.Unit.SerialNumber.Length > 0) resource.With(LuProperty.SerialNum, now.Unit.SerialNumber);
        if (metadata is null) return resource;
        resource.With(LuProperty.Filename, metadata.DataPath);
        if (metadata.ManagementUrl.Length > 0) resource.With(LuProperty.MgmtUrl, metadata.ManagementUrl);
        // The usual place beside the data is "not set"; only a place of its own is worth a word.
        if (provider.FindMetadataPath((DiskUnit)disk) is { } path
            && !path.StartsWith(metadata.DataPath, StringComparison.Ordinal))
        {
            resource.With(LuProperty.MetaFilename, path);
        }
        return resource;
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult> ModifyAsync(LogicalUnit disk, LuProperty property, string value)
    {
        var change = property switch
        {
            LuProperty.Alias => new DiskChange { Alias = value },
            LuProperty.MgmtUrl => new DiskChange { ManagementUrl = value },
            LuProperty.Size => new DiskChange { LengthBytes = long.Parse(value, CultureInfo.InvariantCulture) },
            LuProperty.WriteProtect => new DiskChange { WriteProtected = value == Yes },
            LuProperty.WriteCacheDisable => new DiskChange { WriteCacheDisabled = value == Yes },
            _ => null,
        };
        if (change is null) return StmfStatus.InvalidProp;
        return Answer(await provider.ChangeAsync((DiskUnit)disk, change, CancellationToken.None)).WithoutValue;
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult> ModifyByFileNameAsync(string fileName, LuProperty property, string value)
    {
        var opened = await ImportAsync(fileName);
        if (!opened.Succeeded) return opened.WithoutValue;
        var disk = opened.Value!;
        if (property != LuProperty.Size) return await ModifyAsync(disk, property, value);
        // Its size can only change while its store is open.
        var online = await disk.OnlineAsync(CancellationToken.None);
        if (!online.Succeeded) return new(StmfStatus.DataFileName, online.Reason);
        try
        {
            return await ModifyAsync(disk, property, value);
        }
        finally
        {
            await disk.OfflineAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public void SetDefaultManagementUrl(string url) => provider.ManagementUrlDefault = url;

    /// <inheritdoc/>
    public ValueTask DiscardAsync(LogicalUnit disk, bool withData)
    {
        provider.Discard((DiskUnit)disk, withData);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync(LogicalUnit disk) => default;     // offline, a disk holds nothing open

    private static StmfResult<LogicalUnit> Answer(DiskResult result) => result.Succeeded
        ? new StmfResult<LogicalUnit>(StmfStatus.Success, result.Disk)
        : new StmfResult(CodeOf(result.Refusal), result.Reason);

    private static StmfStatus CodeOf(DiskRefusal refusal) => refusal switch
    {
        DiskRefusal.InvalidBlockLength => StmfStatus.InvalidBlkSize,
        DiskRefusal.SizeOutOfRange => StmfStatus.SizeOutOfRange,
        DiskRefusal.DataLength => StmfStatus.FileSizeInvalid,
        DiskRefusal.DataPath => StmfStatus.DataFileName,
        DiskRefusal.DataInUse => StmfStatus.FileInUse,
        DiskRefusal.Metadata => StmfStatus.MetaFileName,
        DiskRefusal.MetadataNotWritten => StmfStatus.MetaCreation,
        DiskRefusal.Id => StmfStatus.GuidInUse,
        DiskRefusal.InvalidProperty => StmfStatus.InvalidArg,
        DiskRefusal.Busy => StmfStatus.LuBusy,
        _ => StmfStatus.Error,
    };
}
