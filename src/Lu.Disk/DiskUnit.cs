using System.Numerics;
using Lunette.Backing;
using Lunette.Backing.Files;
using Lunette.Backing.Filters;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Atomic;
using Lunette.Lu.Disk.Copying;
using Lunette.Lu.Disk.Defects;
using Lunette.Lu.Disk.Extents;
using Lunette.Lu.Disk.Medium;
using Lunette.Lu.Disk.Streams;
using Lunette.Lu.Disk.Tokens;
using Lunette.Lu.Disk.Uncorrectable;
using Lunette.Runtime;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk;

/// <summary>
/// A disk: a direct access block device (SBC-5) over a backing store. Reads and writes allocate nothing and take no
/// lock
/// beyond admission.
/// </summary>
public sealed partial class DiskUnit : EmulatedUnit
{
    /// <summary>
    /// The longest transfer of one command, in bytes; MAXIMUM TRANSFER LENGTH says it in blocks.
    /// </summary>
    public const int TransferLengthMax = 8 << 20;

    private readonly Func<StoreOpening> _open;
    private readonly int _blockShift;
    private FilterStack? _store;
    private DiskOptions _disk;
    private long _lengthBytes;
    private bool _writeCache;
    private long _thresholdBytes;
    private int _preferredBytes = 4096;     // as a store has it, until one is open

    /// <summary>Makes a disk; its store is opened when it goes online.</summary>
    /// <param name="options">What the administrator says of it; <see cref="DiskOptions.FindMistake"/> finds
    /// none.</param>
    /// <param name="open">Opens the store, which the disk then owns.</param>
    public DiskUnit(DiskOptions options, Func<StoreOpening> open)
        : base(options.Unit, RowsOf(options), PagesOf(options))
    {
        Invariant.That(options.FindMistake() is null, "a disk is made of options that were checked");
        _disk = options;
        _open = open;
        _blockShift = BitOperations.Log2((uint)options.BlockLengthBytes);
        _lengthBytes = options.LengthBytes;
        Tokens = new RodTokenTable(this);
        Uncorrectable = new UncorrectableBlocks(this);
        PendingDefects = new PendingDefects(this);
        Jobs = options.Jobs ?? new JobQueue(new StoreWorkers(threadsMax: 1, TimeSpan.FromSeconds(1)));
        JobLoop = new JobLoop("job of " + options.Unit.Alias, options.Unit.Time);
        DecodeModes();
    }

    /// <summary>What the administrator says of it now.</summary>
    public DiskOptions Disk => Volatile.Read(ref _disk);

    /// <summary>Length of a logical block in bytes.</summary>
    public int BlockLengthBytes => 1 << _blockShift;

    /// <summary>How many logical blocks the medium has.</summary>
    public ulong CapacityBlocks => (ulong)Volatile.Read(ref _lengthBytes) >> _blockShift;

    /// <summary>
    /// The store with its place for filters; null while the disk is offline.
    /// </summary>
    public FilterStack? OpenStore => Volatile.Read(ref _store);

    /// <summary>Whether writes may be answered before they are durable (WCE of the caching mode page).</summary>
    public bool WriteCacheEnabled => Volatile.Read(ref _writeCache);

    internal FilterStack Store => _store!;

    internal ExtentTable Extents { get; } = new();

    internal CopyManager Copies { get; } = new();

    internal RodTokenTable Tokens { get; }

    internal OrWriteGeneration OrWriteGeneration { get; } = new();

    internal StreamTable Streams { get; } = new();

    internal UncorrectableBlocks Uncorrectable { get; }

    internal int BlockShift => _blockShift;

    internal bool UsesDescriptorSense => Control.DescriptorSense;

    /// <summary>How third-party copy names it.</summary>
    internal byte[] CscdDescriptor()
    {
        var descriptor = new byte[IdentificationCscd.Length];
        var name = LogicalUnitDesignators().First(d => d.Value.Length <= IdentificationCscd.DesignatorLengthMax);
        IdentificationCscd.Write(descriptor, name, BlockLengthBytes);
        return descriptor;
    }

    /// <summary>Whether a designator is one of this logical unit's own.</summary>
    internal bool IsNamed(DesignatorType type, CodeSet codeSet, ReadOnlySpan<byte> value)
    {
        if (type == DesignatorType.Naa)
        {
            Span<byte> own = stackalloc byte[16];
            Id.Write(own);
            return codeSet == CodeSet.Binary && value.SequenceEqual(own);
        }
        foreach (var designator in LogicalUnitDesignators())
        {
            if (designator.Type == type && designator.CodeSet == codeSet && value.SequenceEqual(designator.Value))
                return true;
        }
        return false;
    }

    /// <inheritdoc/>
    protected override TaskContext CreateContext()
    {
        var task = new DiskTask(this);
        Extents.Register(task);
        return task;
    }

    /// <inheritdoc/>
    protected override async ValueTask<ControlResult> OpenAsync(CancellationToken stop)
    {
        var opened = _open();
        if (opened.Store is not { } store) return ControlResult.Failure(opened.Reason!);
        if (FindMisfit(store) is { } misfit)
        {
            await store.DisposeAsync();
            return ControlResult.Failure(misfit);
        }
        if (FindWant(store) is { } want)
        {
            await store.DisposeAsync();
            return ControlResult.Failure($"{Alias}: {want}");
        }
        Volatile.Write(ref _preferredBytes, store.PreferredBlockLengthBytes);
        Volatile.Write(ref _store, new FilterStack(store));
        TracksUnmapped = !Disk.Thin || (store.Features & StoreFeatures.Thin) == 0;
        Unmapped.Clear();
        OrWriteGeneration.Reset();
        Streams.CloseAll();
        Uncorrectable.Load();
        ResumeSanitizing();
        return ControlResult.Success;
    }

    /// <inheritdoc/>
    protected override async ValueTask<ControlResult> CloseAsync(CancellationToken stop)
    {
        if (!await TryStopJobAsync(stop))
            return ControlResult.Failure($"{Alias}: its store does not answer; try again later");
        Tokens.EndAll(AdditionalSense.InvalidTokenOperationTokenCancelled);
        if (Interlocked.Exchange(ref _store, null) is { } store) await store.DisposeAsync();
        return ControlResult.Success;
    }

    /// <inheritdoc/>
    protected override void OnReset() => Streams.CloseAll();

    /// <summary>
    /// Takes the space for all blocks of a disk that is not thin; why that cannot be, or null. It may take long.
    /// </summary>
    private string? FindWant(BackingStore store) =>
        Disk.Thin || (store.Features & StoreFeatures.ReadOnly) != 0 ? null : WantOf(store.Reserve());

    /// <summary>What an administrator is told of a store that could not take its space; null where it could.</summary>
    internal static string? WantOf(StoreResult result) => result switch
    {
        StoreResult.Ok => null,
        StoreResult.NoSpace => "there is not the space for all its blocks; make room, or make it thin",
        _ => $"its store cannot take the space for all its blocks ahead ({result}); make it thin",
    };

    private string? FindMisfit(BackingStore store)
    {
        var needed = StoreBytesOf(Disk);
        if (store.LengthBytes < needed)
            return $"{Alias}: its store holds {store.LengthBytes} bytes, the disk needs {needed}; resize one";
        return store.BlockLengthBytes > BlockLengthBytes
            ? $"{Alias}: its store needs blocks of {store.BlockLengthBytes} bytes, the disk has {BlockLengthBytes}; "
                + "open the store without direct I/O"
            : null;
    }
}
