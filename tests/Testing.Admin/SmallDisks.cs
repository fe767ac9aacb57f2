using System.Collections.Concurrent;
using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Testing.Admin;

/// <summary>
/// Disks without a medium: what a disk provider answers to the verbs, and nothing else. Their metadata outlives the
/// framework as files would.
/// </summary>
public sealed class SmallDisks : IDiskProvider
{
    private readonly ConcurrentDictionary<string, LuResource> _files = new();
    private int _made;

    /// <summary>File names that cannot be opened.</summary>
    public ConcurrentDictionary<string, bool> Missing { get; } = new();

    /// <summary>What the next transitions wait for; null for nothing.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>Why no disk goes offline; null where they do.</summary>
    public string? Refusal { get; set; }

    /// <summary>Copies a disk's file with its metadata, as <c>cp</c> does.</summary>
    public void Copy(string from, string to) => _files[to] = new LuResource(_files[from].Values);

    public ValueTask<StmfResult<LogicalUnit>> CreateAsync(LuResource resource, Predicate<StmfGuid> isTaken)
    {
        var file = resource.Get(LuProperty.Filename).Value!;
        if (Missing.ContainsKey(file))
            return new(new StmfResult(StmfStatus.DataFileName, $"{file}: no such file or directory"));
        if (!resource.Get(LuProperty.Guid).Succeeded)
            resource.With(LuProperty.Guid, $"6{++_made:D31}");
        if (StmfGuid.TryParse(resource.Get(LuProperty.Guid).Value, out var guid) && isTaken(guid))
            return new(StmfStatus.GuidInUse);
        if (!resource.Get(LuProperty.Alias).Succeeded) resource.With(LuProperty.Alias, file);
        if (!resource.Get(LuProperty.Size).Succeeded) resource.With(LuProperty.Size, "42949672960");
        if (!resource.Get(LuProperty.BlockSize).Succeeded) resource.With(LuProperty.BlockSize, "4096");
        _files[file] = resource;
        return new(new StmfResult<LogicalUnit>(StmfStatus.Success, new SmallDisk(this, resource)));
    }

    public ValueTask<StmfResult<LogicalUnit>> ImportAsync(string fileName) =>
        _files.TryGetValue(fileName, out var resource) && !Missing.ContainsKey(fileName)
            ? new(new StmfResult<LogicalUnit>(StmfStatus.Success, new SmallDisk(this, resource)))
            : new(new StmfResult(StmfStatus.MetaFileName, $"{fileName} holds no metadata"));

    public LuResource Describe(LogicalUnit disk) => new(((SmallDisk)disk).Resource.Values);

    public ValueTask<StmfResult> ModifyAsync(LogicalUnit disk, LuProperty property, string value)
    {
        ((SmallDisk)disk).Resource.With(property, value);
        return new(StmfStatus.Success);
    }

    public ValueTask<StmfResult> ModifyByFileNameAsync(string fileName, LuProperty property, string value)
    {
        if (Missing.ContainsKey(fileName) || !_files.TryGetValue(fileName, out var resource))
            return new(StmfStatus.MetaFileName);
        resource.With(property, value);
        return new(StmfStatus.Success);
    }

    public void SetDefaultManagementUrl(string url)
    {
    }

    public ValueTask DiscardAsync(LogicalUnit disk, bool withData)
    {
        _files.TryRemove(((SmallDisk)disk).Resource.Get(LuProperty.Filename).Value!, out _);
        return default;
    }

    public ValueTask CloseAsync(LogicalUnit disk) => default;

    private sealed class SmallDisk(SmallDisks disks, LuResource resource) : LogicalUnit
    {
        public LuResource Resource => resource;

        public override LogicalUnitId Id => LogicalUnitId.TryParse(resource.Get(LuProperty.Guid).Value, out var id)
            ? id
            : default;

        public override string Alias => resource.Get(LuProperty.Alias).Value ?? "";

        public override string ProviderName => SbdProvider.Name;

        public override void Submit(ScsiTask task) => task.Complete(ScsiStatus.Good);

        public override void DataOutArrived(ScsiTask task, DataOutOutcome outcome) => throw new NotSupportedException();

        public override void Continue(ScsiTask task) => task.Complete(ScsiStatus.Good);

        public override void Manage(TaskManagementRequest request) =>
            request.Complete(ServiceResponse.FunctionComplete);

        public override async ValueTask<ControlResult> OnlineAsync(CancellationToken stop)
        {
            if (disks.Hold is { } hold) await hold.Task.WaitAsync(stop);
            return ControlResult.Success;
        }

        public override async ValueTask<ControlResult> OfflineAsync(CancellationToken stop)
        {
            if (disks.Hold is { } hold) await hold.Task.WaitAsync(stop);
            return disks.Refusal is { } reason ? ControlResult.Failure(reason) : ControlResult.Success;
        }
    }
}
