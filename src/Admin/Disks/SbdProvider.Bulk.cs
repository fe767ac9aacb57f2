using Lunette.Admin.Contracts;
using Lunette.Admin.Documents;
using Lunette.Stmf.Configuration;

namespace Lunette.Admin.Disks;

/// <content>Many disks at once, as a part of a larger change.</content>
public sealed partial class SbdProvider
{
    /// <summary>Keeps everybody else from changing anything until it is let go.</summary>
    internal async ValueTask<IDisposable> HoldAsync()
    {
        await _changing.WaitAsync();
        return new Held(_changing);
    }

    /// <summary>Every disk that is remembered; whoever asks holds the provider.</summary>
    internal Dictionary<StmfGuid, DiskState> Describe() => _paths.All.ToDictionary(
        disk => disk.Guid,
        disk => new DiskState(
            disk.Path, _registered.TryGetValue(disk.Guid, out var unit) ? disks.Describe(unit) : null));

    /// <summary>Remembers or forgets a disk as a part of a larger change.</summary>
    internal static Stmf.StmfResult Remember(ConfigurationEdit edit, StmfGuid guid, string? path) =>
        DiskPaths.Remember(edit, Key, guid, path);

    /// <summary>Sets the URL of disks that have none of their own as a part of a larger change.</summary>
    internal Stmf.StmfResult SetDefaultManagementUrl(ConfigurationEdit edit, string url) =>
        _paths.Set(edit, GlobalUrl, url.Length == 0 ? null : url);

    /// <summary>Lets disks have the URL that is configured.</summary>
    internal void UseDefaultManagementUrl() => disks.SetDefaultManagementUrl(DefaultManagementUrl);

    /// <summary>Begins work on many disks; whoever does holds the provider, and ends it one way or the other.</summary>
    internal DiskTransaction Begin() => new(framework, disks, journal, _registered);
}
