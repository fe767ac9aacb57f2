using Lunette.Backing.Files;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.Lu.Disk.Medium;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Metadata;

/// <summary>
/// The file with a disk's metadata. What it holds is known here too; each change is durable before it counts. Changes
/// come from the administrator and from the device server, each on a thread of its own; one lock orders them.
/// </summary>
internal sealed class MetadataFile : ILuPersistence, IDiskMarks
{
    private readonly Lock _writing = new();     // held over the write: a change is on disk before the next one begins
    private readonly JobQueue _jobs;
    private DiskMetadata _metadata;

    /// <summary>The file as it is, or as it will be with the first change.</summary>
    public MetadataFile(string path, DiskMetadata metadata, StoreWorkers workers)
    {
        Path = path;
        _metadata = metadata;
        _jobs = new JobQueue(workers);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public DiskMetadata Metadata => Volatile.Read(ref _metadata);

    /// <summary>Changes what it holds; null, or why not. It blocks.</summary>
    public string? Change(Func<DiskMetadata, DiskMetadata> change)
    {
        lock (_writing)
        {
            var changed = change(_metadata);
            if (DurableFile.Replace(Path, changed.Encode()) is { } reason) return reason;
            Volatile.Write(ref _metadata, changed);
            return null;
        }
    }

    /// <inheritdoc/>
    public SanitizeKind Sanitizing => Metadata.Sanitizing;

    /// <inheritdoc/>
    public string? SetSanitizing(SanitizeKind kind) => Change(metadata => metadata with { Sanitizing = kind });

    /// <inheritdoc/>
    public IReadOnlyList<ulong> Uncorrectable => Metadata.Uncorrectable;

    /// <inheritdoc/>
    public string? SetUncorrectable(IReadOnlyList<ulong> blocks) =>
        Change(metadata => metadata with { Uncorrectable = blocks });

    /// <inheritdoc/>
    public string? SetProtection(ProtectionType type) => Change(metadata => metadata with { Protection = type });

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> LoadAsync(CancellationToken stop) => new(Metadata.UnitState);

    /// <inheritdoc/>
    public void Save(ReadOnlyMemory<byte> state, SaveRequest request) => _jobs.Post(new Saving(this, state, request));

    private sealed class Saving(MetadataFile file, ReadOnlyMemory<byte> state, SaveRequest request) : BlockingJob
    {
        public override void Run() =>
            request.Finish(file.Change(metadata => metadata with { UnitState = state.ToArray() }) is null);
    }
}
