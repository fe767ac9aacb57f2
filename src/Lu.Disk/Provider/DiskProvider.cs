using System.Runtime.CompilerServices;
using Lunette.Backing;
using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.Lu.Disk.Medium;
using Lunette.Lu.Disk.Metadata;
using Lunette.Lu.Disk.Protection;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Provider;

/// <summary>
/// Makes disks of files and block devices, opens them again by the metadata that lie with the data, and changes them.
/// It registers nothing: that is the administrator's side. Control plane; its calls may block; one at a time per disk.
/// </summary>
/// <param name="stores">Opens stores.</param>
/// <param name="workers">Threads for saving metadata from the data path.</param>
/// <param name="ids">Makes identifiers.</param>
/// <param name="folder">Where metadata of block devices are kept; it is made when needed.</param>
/// <param name="time">The clock of its disks.</param>
public sealed class DiskProvider(
    StoreOpener stores, StoreWorkers workers, DiskIdSource ids, string folder, TimeProvider time)
{
    private readonly MetadataPlace _place = new(folder);
    private readonly ConditionalWeakTable<DiskUnit, MetadataFile> _files = [];
    private string _managementUrlDefault = "";

    /// <summary>Commands a disk takes at most, of all its initiators together.</summary>
    public int TaskSetDepth { get; init; } = 4096;

    /// <summary>How long a store may answer nobody before its disk refuses commands.</summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Where disks are managed that do not say; empty for nowhere. Disks that are open have it at once.
    /// </summary>
    public string ManagementUrlDefault
    {
        get => _managementUrlDefault;
        set
        {
            _managementUrlDefault = value;
            foreach (var (disk, file) in _files)
            {
                if (file.Metadata.ManagementUrl.Length > 0) continue;
                disk.Change(disk.Disk with
                {
                    Unit = disk.Disk.Unit with { ManagementUrl = value },
                    WriteCacheDisabled = !disk.WriteCacheEnabled,
                });
            }
        }
    }

    /// <summary>Makes a disk; it is offline. When refused, nothing is left behind.</summary>
    /// <param name="properties">What it shall be.</param>
    /// <param name="isTaken">Whether an identifier is another logical unit's.</param>
    public async ValueTask<DiskResult> CreateAsync(DiskProperties properties, Predicate<LogicalUnitId> isTaken)
    {
        if (FindMistake(properties, isTaken) is { } mistake) return mistake;
        var spec = StoreSpec.ForPath(properties.DataPath);
        var isNew = spec.Kind == StoreKind.File && !File.Exists(properties.DataPath);
        var result = await MakeAsync(properties, spec);
        if (!result.Succeeded && isNew && File.Exists(properties.DataPath)) File.Delete(properties.DataPath);
        return result;
    }

    /// <summary>Takes back what making a disk left: its metadata, and its data file where that was made too.</summary>
    public void Discard(DiskUnit disk, bool withData)
    {
        if (FileOf(disk) is not { } file) return;
        var spec = StoreSpec.ForPath(file.Metadata.DataPath);
        File.Delete(file.Path);
        File.Delete(_place.Usual(file.Metadata.DataPath, spec.Kind == StoreKind.BlockDevice));
        if (withData && spec.Kind == StoreKind.File) File.Delete(file.Metadata.DataPath);
    }

    /// <summary>A disk in memory, gone with the process; it has no metadata.</summary>
    public DiskUnit CreateInMemory(DiskProperties properties)
    {
        // Memory has no file system beneath that others fill.
        var threshold = properties.ThresholdBytes ?? 0;
        var metadata = MetadataOf(properties with { ThresholdBytes = threshold }, properties.LengthBytes ?? 0);
        return new DiskUnit(
            OptionsOf(metadata, file: null),
            () => new(new RamStore(DiskUnit.StoreBytesOf(OptionsOf(metadata, file: null))), null));
    }

    /// <summary>Opens a disk by its data's path, or that of its metadata; it is offline.</summary>
    public async ValueTask<DiskResult> ImportAsync(string path)
    {
        var spec = StoreSpec.ForPath(path);
        var metadata = _place.Find(path, spec.Kind == StoreKind.BlockDevice, out var at, out var reason);
        if (metadata is null)
            return DiskResult.Refuse(DiskRefusal.Metadata, ComstarMetadata.FindIn(path) ?? reason);
        // Moved together, data and metadata are still beside each other under the new name.
        var byData = !path.EndsWith(MetadataPlace.Suffix, StringComparison.Ordinal);
        var dataPath = byData ? path : DataBeside(path) ?? metadata.DataPath;
        var file = new MetadataFile(at, metadata with { DataPath = dataPath }, workers);
        var opened = stores.Open(StoreSpec.ForPath(dataPath));
        if (opened.Store is null) return Refuse(opened);
        var length = opened.Store.LengthBytes;
        await opened.Store.DisposeAsync();
        var needed = DiskUnit.StoreBytesOf(OptionsOf(metadata, file: null));
        return length >= needed
            ? Made(file)
            : DiskResult.Refuse(
                DiskRefusal.DataLength,
                $"{dataPath} is {length} bytes long, its disk {needed}; data are missing at its end");
    }

    /// <summary>Changes a disk, in its metadata and at work.</summary>
    public async ValueTask<DiskResult> ChangeAsync(DiskUnit disk, DiskChange change, CancellationToken stop)
    {
        if (change.Alias is { Length: > DiskProperties.AliasLengthMax } or "")
            return DiskResult.Refuse(DiskRefusal.InvalidProperty, "an alias has 1 to 255 characters");
        if (change.LengthBytes is { } length)
        {
            var resized = await ResizeAsync(disk, length, stop);
            if (!resized.Succeeded) return resized;
        }
        var now = disk.Disk;
        var unit = now.Unit with
        {
            Alias = change.Alias ?? now.Unit.Alias,
            ManagementUrl = UrlAfter(change, now),
        };
        var changed = now with
        {
            Unit = unit,
            WriteProtected = change.WriteProtected ?? now.WriteProtected,
            WriteCacheDisabled = change.WriteCacheDisabled ?? !disk.WriteCacheEnabled,
            ThresholdBytes = change.ThresholdBytes ?? now.ThresholdBytes,
        };
        if (FileOf(disk)?.Change(metadata => metadata with
        {
            Alias = changed.Unit.Alias,
            ManagementUrl = change.ManagementUrl ?? metadata.ManagementUrl,
            Flags = FlagsOf(changed),
            ThresholdBytes = changed.ThresholdBytes,
        }) is { } reason)
            return DiskResult.Refuse(DiskRefusal.MetadataNotWritten, reason);
        disk.Change(changed);
        return DiskResult.Of(disk);
    }

    private string UrlAfter(DiskChange change, DiskOptions now) =>
        change.ManagementUrl is "" ? ManagementUrlDefault : change.ManagementUrl ?? now.Unit.ManagementUrl;

    /// <summary>What is kept of a disk; null for one in memory.</summary>
    public DiskMetadata? FindMetadata(DiskUnit disk) => FileOf(disk)?.Metadata;

    /// <summary>Where a disk's metadata are; null for one in memory.</summary>
    public string? FindMetadataPath(DiskUnit disk) => FileOf(disk)?.Path;

    private MetadataFile? FileOf(DiskUnit disk) => _files.TryGetValue(disk, out var file) ? file : null;

    private static DiskResult? FindMistake(DiskProperties properties, Predicate<LogicalUnitId> isTaken)
    {
        if (!Path.IsPathFullyQualified(properties.DataPath))
            return DiskResult.Refuse(DiskRefusal.DataPath, $"{properties.DataPath} is no absolute path");
        if (properties.DataPath.EndsWith(MetadataPlace.Suffix, StringComparison.Ordinal))
            return DiskResult.Refuse(DiskRefusal.DataPath, $"a name with {MetadataPlace.Suffix} is for metadata");
        if (properties.MetadataPath is { } at
            && (!Path.IsPathFullyQualified(at) || Directory.Exists(at) || !Directory.Exists(Path.GetDirectoryName(at))))
            return DiskResult.Refuse(DiskRefusal.Metadata, $"{at} is no absolute path of a file in an existing folder");
        if (properties.Id is { } id && (!id.IsNaa6 || isTaken(id)))
            return DiskResult.Refuse(DiskRefusal.Id, $"{id} is taken, or is no NAA 6 identifier");
        if (properties.VendorId is { Length: > 8 } || properties.ProductId is { Length: > 16 }
            || properties.SerialNumber is { Length: > 252 }
            || properties.Alias is { Length: > DiskProperties.AliasLengthMax })
        {
            return DiskResult.Refuse(
                DiskRefusal.InvalidProperty,
                "too long: a vendor has 8 characters, a product 16, a serial number 252, an alias 255 at most");
        }
        var block = properties.BlockLengthBytes;
        if (block is < DiskOptions.BlockLengthMin or > DiskOptions.BlockLengthMax || (block & (block - 1)) != 0)
            return DiskResult.Refuse(DiskRefusal.InvalidBlockLength, $"blocks of {block} bytes are not supported");
        return null;
    }

    private async ValueTask<DiskResult> MakeAsync(DiskProperties properties, StoreSpec spec)
    {
        var wanted = properties.LengthBytes ?? 0;
        var isFile = spec.Kind == StoreKind.File;
        var isNew = !File.Exists(properties.DataPath);
        var isProtected = properties.Protection is not null;
        // What is in a file stays its blocks; protection information goes behind them.
        if (isProtected && isFile && wanted == 0 && !isNew) wanted = new FileInfo(properties.DataPath).Length;
        if (wanted % 512 != 0 || wanted < 0)
            return DiskResult.Refuse(DiskRefusal.SizeOutOfRange, $"{wanted} bytes are no whole number of blocks");
        var creation = wanted > 0 ? StoreCreation.OpenOrCreate : StoreCreation.OpenExisting;
        var block = properties.BlockLengthBytes;
        var needed = isProtected && wanted > 0 ? ProtectionArea.StoreBytes(wanted, block) : wanted;
        var opened = stores.Open(spec with { LengthBytes = isFile ? needed : 0 }, creation);
        if (opened.Store is null) return Refuse(opened);
        await using var store = opened.Store;
        var there = opened.Store.LengthBytes;
        if (needed > there)
        {
            return DiskResult.Refuse(
                DiskRefusal.DataLength, $"{properties.DataPath} holds {there} bytes, not {needed}");
        }
        var most = isProtected ? ProtectionArea.DiskBytes(there, block) : there;
        var metadata = MetadataOf(properties, wanted > 0 ? wanted : most & ~((long)block - 1));
        if (OptionsOf(metadata, null).FindMistake() is { } mistake)
            return DiskResult.Refuse(DiskRefusal.SizeOutOfRange, mistake);
        if (!properties.Thin && DiskUnit.WantOf(opened.Store.Reserve()) is { } want)
            return DiskResult.Refuse(DiskRefusal.DataLength, $"{properties.DataPath}: {want}");
        if (isProtected && !(isFile && isNew) && !TryClearTags(opened.Store, metadata))
            return DiskResult.Refuse(DiskRefusal.DataPath, $"{properties.DataPath} cannot be written");
        return WriteMetadata(properties, spec.Kind == StoreKind.BlockDevice, metadata);
    }

    // What lay there before is nobody's protection information.
    private bool TryClearTags(BackingStore store, DiskMetadata metadata)
    {
        var area = ProtectionArea.For(metadata.LengthBytes, metadata.BlockLengthBytes);
        var request = new BlockingRequest("new disk", time);
        return request.Do(store, StoreOperation.WriteZeroes, area.Offset, area.Length) == StoreResult.Ok
            && request.Do(store, StoreOperation.Flush, 0, 0) == StoreResult.Ok;
    }

    private DiskResult WriteMetadata(DiskProperties properties, bool isDevice, DiskMetadata metadata)
    {
        var usual = _place.Usual(properties.DataPath, isDevice);
        if (isDevice) DurableFolder.Create(folder);
        var file = new MetadataFile(properties.MetadataPath ?? usual, metadata, workers);
        var reason = file.Change(same => same);
        if (reason is null && properties.MetadataPath is not null) reason = MetadataPlace.Point(usual, file.Path);
        return reason is null ? Made(file) : DiskResult.Refuse(DiskRefusal.MetadataNotWritten, reason);
    }

    private DiskMetadata MetadataOf(DiskProperties properties, long length)
    {
        var id = properties.Id ?? ids.Next(properties.CompanyId, properties.HostId);
        return new DiskMetadata
        {
            Id = id,
            DataPath = properties.DataPath,
            LengthBytes = length,
            BlockLengthBytes = properties.BlockLengthBytes,
            Alias = properties.Alias is { Length: > 0 } alias ? alias : properties.DataPath,
            VendorId = properties.VendorId ?? "",
            ProductId = properties.ProductId ?? "",
            SerialNumber = properties.SerialNumber ?? "",
            ManagementUrl = properties.ManagementUrl ?? "",
            ThresholdBytes = properties.ThresholdBytes ?? DefaultThreshold(properties, length),
            Protection = properties.Protection,
            Flags = (properties.Thin ? DiskFlags.Thin : 0)
                | (properties.WriteProtected ? DiskFlags.WriteProtected : 0)
                | (properties.WriteCacheDisabled ? DiskFlags.WriteCacheDisabled : 0)
                | (properties.Removable ? DiskFlags.Removable : 0),
        };
    }

    private static long DefaultThreshold(DiskProperties properties, long length) =>
        properties.Thin ? Math.Clamp(length / 10, 1L << 20, 1L << 30) : 0;

    private DiskResult Made(MetadataFile file)
    {
        var metadata = file.Metadata;
        var options = OptionsOf(metadata, file);
        if (options.FindMistake() is { } mistake) return DiskResult.Refuse(DiskRefusal.Metadata, mistake);
        var spec = StoreSpec.ForPath(metadata.DataPath);
        var disk = new DiskUnit(options, () => stores.Open(spec));
        _files.Add(disk, file);
        return DiskResult.Of(disk);
    }

    private DiskOptions OptionsOf(DiskMetadata metadata, MetadataFile? file)
    {
        var product = new UnitOptions { Id = metadata.Id, Alias = metadata.Alias };
        return new DiskOptions
        {
            Unit = product with
            {
                VendorId = metadata.VendorId.Length > 0 ? metadata.VendorId : product.VendorId,
                ProductId = metadata.ProductId.Length > 0 ? metadata.ProductId : product.ProductId,
                SerialNumber = metadata.SerialNumber,
                ManagementUrl = metadata.ManagementUrl.Length > 0 ? metadata.ManagementUrl : ManagementUrlDefault,
                Persistence = file,
                Time = time,
                StallTime = StallTime,
                TaskSetDepth = TaskSetDepth,
            },
            LengthBytes = metadata.LengthBytes,
            BlockLengthBytes = metadata.BlockLengthBytes,
            Thin = (metadata.Flags & DiskFlags.Thin) != 0,
            WriteProtected = (metadata.Flags & DiskFlags.WriteProtected) != 0,
            WriteCacheDisabled = (metadata.Flags & DiskFlags.WriteCacheDisabled) != 0,
            Removable = (metadata.Flags & DiskFlags.Removable) != 0,
            ThresholdBytes = metadata.ThresholdBytes,
            Protection = metadata.Protection,
            Marks = file,
        };
    }

    private static DiskFlags FlagsOf(DiskOptions options) =>
        (options.Thin ? DiskFlags.Thin : 0) | (options.WriteProtected ? DiskFlags.WriteProtected : 0)
        | (options.WriteCacheDisabled ? DiskFlags.WriteCacheDisabled : 0)
        | (options.Removable ? DiskFlags.Removable : 0);

    // Growing, the store comes first and the metadata last; shrinking, the other way round: a crash in between never
    // leaves a disk longer than its data.
    private async ValueTask<DiskResult> ResizeAsync(DiskUnit disk, long length, CancellationToken stop)
    {
        var file = FileOf(disk);
        var before = disk.Disk.LengthBytes;
        if ((disk.Disk with { LengthBytes = length }).FindMistake() is { } mistake)
            return DiskResult.Refuse(DiskRefusal.SizeOutOfRange, mistake);
        if (disk.Disk.Protection is not null)
        {
            return DiskResult.Refuse(
                DiskRefusal.SizeOutOfRange,
                $"{disk.Alias} has its protection information at its end; its size cannot change");
        }
        if (disk.OpenStore is null)
            return DiskResult.Refuse(DiskRefusal.Busy, $"{disk.Alias} is offline; take it online to resize it");
        if (length < before && file?.Change(m => m with { LengthBytes = length }) is { } unwritten)
            return DiskResult.Refuse(DiskRefusal.MetadataNotWritten, unwritten);
        var resized = await disk.ResizeAsync(length, stop);
        if (!resized.Succeeded)
        {
            if (length < before) file?.Change(m => m with { LengthBytes = before });
            return DiskResult.Refuse(DiskRefusal.DataLength, resized.Reason!);
        }
        if (length > before && file?.Change(m => m with { LengthBytes = length }) is { } reason)
            return DiskResult.Refuse(DiskRefusal.MetadataNotWritten, reason);
        return DiskResult.Of(disk);
    }

    private static string? DataBeside(string metadataPath)
    {
        var path = metadataPath[..^MetadataPlace.Suffix.Length];
        return File.Exists(path) ? path : null;
    }

    private static DiskResult Refuse(StoreOpening opened) =>
        DiskResult.Refuse(
        opened.Failure switch
        {
            OpeningFailure.InUse => DiskRefusal.DataInUse,
            OpeningFailure.Length => DiskRefusal.DataLength,
            _ => DiskRefusal.DataPath,
        },
        opened.Reason!);
}
