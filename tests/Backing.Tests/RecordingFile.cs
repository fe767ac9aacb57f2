using Lunette.Backing.Files;
using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Tests;

/// <summary>What happened to a file, in order: a call has begun or ended, or its asker was answered.</summary>
internal enum FileEvent
{
    WriteBegun,
    WriteEnded,
    SyncBegun,
    SyncEnded,
    FlushAsked,
    Answered,
}

/// <summary>One event; of a write its place, bytes and whether it was to be durable.</summary>
internal readonly record struct FileRecord(FileEvent Event, int Call, long Offset, byte[] Bytes, bool Durable);

/// <summary>A file that records the order of its writes and syncs.</summary>
/// <param name="file">The file that carries them out.</param>
/// <param name="forgetsDurability">A mistake to be found: durable writes are passed on as plain ones.</param>
internal sealed class RecordingFile(StoreFile file, bool forgetsDurability) : StoreFile
{
    private readonly Lock _gate = new();
    private readonly List<FileRecord> _records = [];
    private int _calls;

    public override string Path => file.Path;

    public override long LengthBytes => file.LengthBytes;

    public override int BlockLengthBytes => file.BlockLengthBytes;

    public override int PreferredBlockLengthBytes => file.PreferredBlockLengthBytes;

    public override bool CanPunch => file.CanPunch;

    public override bool InMemory => false;

    public override StoreSpace Space => file.Space;

    public IReadOnlyList<FileRecord> Records
    {
        get
        {
            lock (_gate) return [.. _records];
        }
    }

    /// <summary>Somebody asks for a flush, by its number.</summary>
    public void FlushAsked(int number) => Add(new(FileEvent.FlushAsked, number, 0, [], true));

    /// <summary>That flush was answered.</summary>
    public void FlushAnswered(int number) => Add(new(FileEvent.Answered, number, 0, [], true));

    /// <summary>Whoever asked was answered.</summary>
    public void Answered(long offset, byte[] bytes, bool durable) =>
        Add(new(FileEvent.Answered, 0, offset, bytes, durable));

    public override int TryReadNow(long offset, LeaseList into, int length) => file.TryReadNow(offset, into, length);

    public override FileOutcome Read(long offset, LeaseList into, int from, int length) =>
        file.Read(offset, into, from, length);

    public override FileOutcome Write(long offset, LeaseList data, int length, bool durable)
    {
        var bytes = new byte[length];
        data.Read(0, bytes);
        var kept = durable && !forgetsDurability;
        var call = Interlocked.Increment(ref _calls);
        Add(new(FileEvent.WriteBegun, call, offset, bytes, kept));
        var outcome = file.Write(offset, data, length, kept);
        Add(new(FileEvent.WriteEnded, call, offset, bytes, kept));
        return outcome;
    }

    public override FileOutcome Write(long offset, ReadOnlySpan<byte> data, bool durable) =>
        throw new NotSupportedException("the recorded load writes leases");

    public override StoreResult Sync()
    {
        var call = Interlocked.Increment(ref _calls);
        Add(new(FileEvent.SyncBegun, call, 0, [], true));
        var result = file.Sync();
        Add(new(FileEvent.SyncEnded, call, 0, [], true));
        return result;
    }

    public override FileOutcome Punch(long offset, long length) => file.Punch(offset, length);

    public override FileOutcome Zero(long offset, long length) => file.Zero(offset, length);

    public override FileOutcome Copy(StoreFile source, long from, long to, long length) =>
        file.Copy(source, from, to, length);

    public override StoreExtent FindExtent(long offset, long end) => file.FindExtent(offset, end);

    public override StoreResult SetLength(long lengthBytes) => file.SetLength(lengthBytes);

    public override StoreResult Reserve(long lengthBytes) => file.Reserve(lengthBytes);

    public override void Dispose() => file.Dispose();

    private void Add(in FileRecord record)
    {
        lock (_gate) _records.Add(record);
    }
}
