using Lunette.Admin.Contracts;
using Lunette.Admin.Storage;
using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Transitions;
using Microsoft.Extensions.Logging;
using ProviderType = Lunette.Stmf.Configuration.ProviderType;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin.Disks;

/// <summary>
/// LU provider <c>sbd</c>: which disks there are. It remembers each one's path by GUID; everything else about a disk
/// lies with its data, so that a disk moves between machines.
/// </summary>
/// <param name="framework">Where disks are registered.</param>
/// <param name="disks">What makes them.</param>
/// <param name="journal">What disks were before a change that did not come to its end.</param>
/// <param name="log">Hears of disks that cannot be opened.</param>
public sealed partial class SbdProvider(
    StmfFramework framework, IDiskProvider disks, DiskJournal journal, ILogger<SbdProvider> log)
    : IDisposable
{
    /// <summary>Its name.</summary>
    public const string Name = "sbd";

    private const string GlobalUrl = "mgmt-url";
    internal static readonly ProviderKey Key = new(ProviderType.LogicalUnit, Name);

    // One disk is made or taken away at a time, so that provider data and registrations agree.
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Dictionary<StmfGuid, LogicalUnit> _registered = [];
    private readonly DiskPaths _paths = new(framework, Key);
    private IReadOnlyList<(string Path, LuProperty Property)> _left = [];

    /// <summary>
    /// Opens and registers every disk that is remembered; one that cannot be opened stays remembered and is reported.
    /// </summary>
    public async ValueTask LoadAsync()
    {
        await _changing.WaitAsync();
        try
        {
            await TakeBackAsync();
            await _paths.MoveOutOfSettingsAsync();
            disks.SetDefaultManagementUrl(DefaultManagementUrl);
            foreach (var (guid, path) in _paths.All)
            {
                if (_registered.ContainsKey(guid)) continue;
                var opened = await disks.ImportAsync(path);
                if (!opened.Succeeded)
                {
                    LogDiskNotOpened(path, guid, opened.ToString());
                    continue;
                }
                var registered = Register(opened.Value!);
                if (!registered.Succeeded)
                {
                    LogDiskNotOpened(path, guid, registered.ToString());
                    await disks.CloseAsync(opened.Value!);
                }
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Makes, registers and remembers a disk.</summary>
    public async ValueTask<StmfResult<StmfGuid>> CreateAsync(LuResource resource)
    {
        var name = resource.Get(LuProperty.Filename);
        if (!name.Succeeded) return new StmfResult(StmfStatus.MissingPropVal, "the data file is not named");
        await _changing.WaitAsync();
        try
        {
            if (_paths.Find(name.Value!) is { } known) return InUse(name.Value!, known);
            var made = await disks.CreateAsync(
                resource, guid => framework.FindLogicalUnit(guid.ToFramework()) is not null);
            return made.Succeeded ? await RegisterAndRememberAsync(made.Value!, name.Value!) : made.WithoutValue;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Registers and remembers a disk by the metadata that lies with its data.</summary>
    public async ValueTask<StmfResult<StmfGuid>> ImportAsync(string fileName)
    {
        await _changing.WaitAsync();
        try
        {
            if (_paths.Find(fileName) is { } known)
                return TryActivate(known) ? known : InUse(fileName, known);
            if (_left.Count > 0) await TakeBackAsync(fileName);
            var opened = await disks.ImportAsync(fileName);
            if (!opened.Succeeded) return opened.WithoutValue;
            if (framework.FindLogicalUnit(opened.Value!.Id) is null)
                return await RegisterAndRememberAsync(opened.Value!, fileName);
            // A copy, or what stands by for it here: the one that is there, and where it lies, stay.
            var guid = opened.Value!.Id.ToAdmin();
            await disks.CloseAsync(opened.Value!);
            return new(StmfStatus.GuidInUse, guid, $"logical unit {guid} is here already, and {fileName} is not it");
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Takes a disk offline, deregisters and forgets it; data and view entries stay.</summary>
    public async ValueTask<StmfResult> DeleteAsync(StmfGuid guid)
    {
        await _changing.WaitAsync();
        try
        {
            if (!_registered.TryGetValue(guid, out var disk)) return await ForgetUnopenedAsync(guid);
            // On its way online it is busy; then it is there and can be taken off.
            await framework.WaitForLogicalUnitAsync(disk.Id, online: true);
            var wasOnline = framework.FindLogicalUnit(disk.Id) is { State: ObjectState.Online };
            var offline = framework.OfflineLogicalUnit(disk.Id, "deleted");
            if (offline.Succeeded) offline = await framework.WaitForLogicalUnitAsync(disk.Id, online: false);
            if (!offline.Succeeded) return new(StmfStatus.LuBusy, offline.Detail);
            // The record goes first: a disk that comes back after a crash in between would be a surprise.
            var forgotten = await _paths.RememberAsync(guid, path: null);
            if (!forgotten.Succeeded)
            {
                if (wasOnline) framework.OnlineLogicalUnit(disk.Id);
                return forgotten;
            }
            var gone = framework.DeregisterLogicalUnit(disk.Id).ToAdmin();
            if (!gone.Succeeded) return gone.Status == StmfStatus.Busy ? new(StmfStatus.LuBusy, gone.Detail) : gone;
            _registered.Remove(guid);
            await disks.CloseAsync(disk);
            return StmfStatus.Success;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>All properties of a registered disk.</summary>
    public async ValueTask<StmfResult<LuResource>> DescribeAsync(StmfGuid guid)
    {
        if (framework.FindLogicalUnit(guid.ToFramework()) is null) return StmfStatus.NotFound;
        await _changing.WaitAsync();
        try
        {
            return _registered.TryGetValue(guid, out var disk) ? disks.Describe(disk) : StmfStatus.InvalidArg;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Changes one property of a registered disk.</summary>
    public async ValueTask<StmfResult> ModifyAsync(StmfGuid guid, LuProperty property, string value)
    {
        var judged = Judge(property, value);
        if (!judged.Succeeded) return judged.WithoutValue;
        await _changing.WaitAsync();
        try
        {
            if (!_registered.TryGetValue(guid, out var disk)) return StmfStatus.NotFound;
            var changed = await disks.ModifyAsync(disk, property, judged.Value!);
            if (changed.Succeeded && _left.Count > 0)
                Forget(disks.Describe(disk).Values.GetValueOrDefault(LuProperty.Filename, ""), property);
            return changed;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Changes one property of a disk by its file, registered or not.</summary>
    public async ValueTask<StmfResult> ModifyByFileNameAsync(string fileName, LuProperty property, string value)
    {
        var judged = Judge(property, value);
        if (!judged.Succeeded) return judged.WithoutValue;
        await _changing.WaitAsync();
        try
        {
            var changed = await ChangeAsync(fileName, property, judged.Value!);
            if (changed.Succeeded && _left.Count > 0) Forget(fileName, property);
            return changed;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The management URL of disks that have none of their own; empty where there is none.</summary>
    public string DefaultManagementUrl => _paths.Settings.FindText(GlobalUrl) ?? "";

    /// <summary>Sets the management URL of disks that have none of their own; empty takes it away.</summary>
    public async ValueTask<StmfResult> SetDefaultManagementUrlAsync(string url)
    {
        var written = await _paths.SetAsync(GlobalUrl, url.Length == 0 ? null : url);
        if (written.Succeeded) disks.SetDefaultManagementUrl(url);
        return written;
    }

    /// <summary>Its provider data, the disks among them; null where it has none.</summary>
    public ProtectedProviderData? Data => _paths.Describe();

    /// <summary>Takes provider data written by somebody else; which disks are registered changes at the next
    /// load.</summary>
    public async ValueTask<StmfResult<ulong>> SetDataAsync(NameValueList data, ulong? token)
    {
        await _changing.WaitAsync();
        try
        {
            return await _paths.ReplaceAsync(data, token);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>No verb is running any more.</summary>
    public void Dispose() => _changing.Dispose();

    // Importing a disk that is in standby makes it active.
    private bool TryActivate(StmfGuid guid) =>
        framework.FindLogicalUnit(guid.ToFramework()) is { Access: AsymmetricAccessState.Standby }
        && framework.SetAccessState(guid.ToFramework(), AsymmetricAccessState.ActiveOptimized).Succeeded;

    private static StmfResult<string> Judge(LuProperty property, string value) =>
        LuPropertyRow.Find(property) is { Modifiable: true } row ? row.Check(value) : StmfStatus.InvalidProp;

    private static StmfResult<StmfGuid> InUse(string path, StmfGuid guid) =>
        new(StmfStatus.FileInUse, guid, $"{path} is logical unit {guid} already");

    private async ValueTask<StmfResult<StmfGuid>> RegisterAndRememberAsync(LogicalUnit disk, string path)
    {
        var guid = disk.Id.ToAdmin();
        var remembered = await _paths.RememberAsync(guid, path);
        if (!remembered.Succeeded)
        {
            await disks.CloseAsync(disk);
            return remembered;
        }
        var registered = Register(disk);
        if (registered.Succeeded) return guid;
        await disks.CloseAsync(disk);
        if (registered.Status != StmfStatus.GuidInUse) await _paths.RememberAsync(guid, path: null);
        return registered;
    }

    private StmfResult Register(LogicalUnit disk)
    {
        var registered = framework.RegisterLogicalUnit(disk).ToAdmin();
        if (registered.Succeeded) _registered[disk.Id.ToAdmin()] = disk;
        return registered;
    }

    private async ValueTask<StmfResult> ForgetUnopenedAsync(StmfGuid guid)
    {
        if (framework.FindLogicalUnit(guid.ToFramework()) is not null) return StmfStatus.InvalidArg;
        return _paths.Contains(guid)
            ? await _paths.RememberAsync(guid, path: null)
            : StmfStatus.NotFound;
    }

    private ValueTask<StmfResult> ChangeAsync(string fileName, LuProperty property, string value) =>
        _paths.Find(fileName) is { } guid && _registered.TryGetValue(guid, out var disk)
            ? disks.ModifyAsync(disk, property, value)
            : disks.ModifyByFileNameAsync(fileName, property, value);

    // A change of disks and configuration together did not get to the configuration: the disks go back. One that
    // cannot, such as one whose file is not there, is tried again when it is imported, and at the next start.
    private async ValueTask TakeBackAsync(string? fileName = null)
    {
        foreach (var (path, property, before) in journal.Read())
        {
            if (fileName is not null && !IsAt(path, fileName)) continue;
            var changed = await ChangeAsync(path, property, before);
            if (changed.Succeeded)
            {
                journal.Forget(path, property);
                LogTakenBack(property, path, before);
            }
            else
            {
                LogNotTakenBack(property, path, before, changed.ToString());
            }
        }
        _left = [.. journal.Read().Select(note => (note.Path, note.Property))];
    }

    // What somebody says of a disk now is not taken back later.
    private void Forget(string fileName, LuProperty property)
    {
        foreach (var (path, noted) in _left.Where(note => note.Property == property && IsAt(note.Path, fileName)))
            journal.Forget(path, noted);
        _left = [.. _left.Where(note => note.Property != property || !IsAt(note.Path, fileName))];
    }

    private static bool IsAt(string path, string fileName) => Path.GetFullPath(path) == Path.GetFullPath(fileName);

    [LoggerMessage(1, LogLevel.Error, "Disk {Path} ({Guid}) cannot be opened and stays unregistered: {Reason}")]
    private partial void LogDiskNotOpened(string path, StmfGuid guid, string reason);

    [LoggerMessage(2, LogLevel.Warning, "A change was cut off: {Property} of disk {Path} is {Before} again")]
    private partial void LogTakenBack(LuProperty property, string path, string before);

    [LoggerMessage(3, LogLevel.Error,
        "A change was cut off, and {Property} of disk {Path} cannot be made {Before} again, which will be tried at the "
        + "next start: {Reason}")]
    private partial void LogNotTakenBack(LuProperty property, string path, string before, string reason);
}
