namespace Lunette.EndToEnd.PowerLoss;

/// <summary>
/// What a power loss at one moment of a record may leave of a folder. Of a file: what was synced, and of each sector
/// written since either content. Of the names: what was synced with the folder, and any number of the first changes
/// since; a file system with a journal keeps their order. Of a folder that was made: itself and all in it, or nothing,
/// until the one that it stands in was synced.
/// </summary>
internal sealed class CrashedFolder
{
    private const int SectorBytes = 512;

    private readonly Dictionary<string, TracedFile> _names = [];
    private readonly List<(FileCall Call, TracedFile? File)> _changes = [];     // of names, in their order
    private readonly List<FileCall> _folders = [];
    private readonly List<FileCall> _syncs = [];
    private readonly int _moment;

    /// <summary>Looks at the calls that had begun by a moment, a line of the record.</summary>
    public CrashedFolder(IEnumerable<FileCall> calls, int moment)
    {
        _moment = moment;
        foreach (var call in calls.TakeWhile(call => call.Begun < moment)) Take(call);
    }

    /// <summary>Writes one of the folders that may be left: the files, by their names in the record.</summary>
    public void Draw(Random random, Func<string, string> place)
    {
        var names = new Dictionary<string, TracedFile>();
        var kept = random.Next(DurableChanges(), _changes.Count + 1);
        foreach (var (call, file) in _changes.Take(kept))
        {
            if (call.Kind == FileCallKind.Create) names[call.Path] = file!;
            else if (names.Remove(call.Path, out var named) && call.Kind == FileCallKind.Rename)
                names[call.To] = named;
        }
        var lost = _folders.FindAll(folder => !IsSynced(folder) && random.Next(2) == 0);
        foreach (var folder in _folders.Where(folder => !lost.Exists(one => IsIn(folder.Path, one))))
            Directory.CreateDirectory(place(folder.Path));
        foreach (var (name, file) in names)
        {
            if (lost.Exists(folder => IsIn(name, folder))) continue;
            using var stream = File.Create(place(name));
            file.Draw(random, stream, _moment);
        }
    }

    private void Take(FileCall call)
    {
        switch (call.Kind)
        {
            case FileCallKind.Create when !_names.ContainsKey(call.Path):
                _names[call.Path] = new TracedFile();
                _changes.Add((call, _names[call.Path]));
                break;
            case FileCallKind.CreateFolder:
                _folders.Add(call);
                break;
            case FileCallKind.Rename when _names.Remove(call.Path, out var renamed):
                _names[call.To] = renamed;
                _changes.Add((call, renamed));
                break;
            case FileCallKind.Remove when _names.Remove(call.Path):
                _changes.Add((call, null));
                break;
            case FileCallKind.Sync when !_names.ContainsKey(call.Path):
                _syncs.Add(call);
                break;
            default:
                _names.GetValueOrDefault(call.Path)?.Calls.Add(call);
                break;
        }
    }

    // A change is durable when its folder was synced after it, and so are all before it.
    private int DurableChanges()
    {
        for (var i = _changes.Count; i > 0; i--)
            if (IsSynced(_changes[i - 1].Call)) return i;
        return 0;
    }

    // The folder it stands in was synced after it.
    private bool IsSynced(FileCall change) => _syncs.Exists(sync => sync.Begun > change.Ended && sync.Ended < _moment
        && sync.Path == Path.GetDirectoryName(change.Path));

    private static bool IsIn(string path, FileCall folder) =>
        path == folder.Path || path.StartsWith(folder.Path + '/', StringComparison.Ordinal);

    /// <summary>A file and what was done to it.</summary>
    private sealed class TracedFile
    {
        public List<FileCall> Calls { get; } = [];

        public void Draw(Random random, Stream into, int moment)
        {
            var durableUntil = Calls.Where(call => call.Kind == FileCallKind.Sync && call.Ended < moment)
                .Select(sync => sync.Begun).DefaultIfEmpty(-1).Max();
            foreach (var call in Calls)
            {
                var isDurable = call.Ended < durableUntil;
                if (call.Kind == FileCallKind.SetLength && (isDurable || random.Next(2) == 0))
                    into.SetLength(call.Offset);
                if (call.Kind == FileCallKind.Write) Write(random, into, call, isDurable);
            }
        }

        private static void Write(Random random, Stream into, FileCall write, bool isDurable)
        {
            var offset = write.Offset < 0 ? into.Length : write.Offset;
            for (var at = 0; at < write.Bytes.Length;)
            {
                var length = Math.Min(write.Bytes.Length - at, SectorBytes - (int)((offset + at) % SectorBytes));
                if (isDurable || random.Next(2) == 0)
                {
                    into.Position = offset + at;
                    into.Write(write.Bytes, at, length);
                }
                at += length;
            }
        }
    }
}
