using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Backing.Tests;

/// <summary>Drives a store from a test: one request at a time, pumped to its end within a bound.</summary>
internal sealed class StoreDriver(BackingStore store)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    public ManualLoop Loop { get; } = new();

    public BackingStore Store => store;

    public TestRequest Start(StoreOperation operation, long offset, long length, LeaseList? data = null,
        bool fua = false, long source = 0)
    {
        var request = new TestRequest
        {
            Operation = operation,
            Offset = offset,
            Length = length,
            SourceOffset = source,
            ForceUnitAccess = fua,
            Data = data ?? new LeaseList(),
            Loop = Loop,
        };
        if (store.Start(request)) request.IsDone = true;
        return request;
    }

    public TestRequest Finish(TestRequest request)
    {
        var ended = SpinWait.SpinUntil(() => Loop.Pump() >= 0 && request.IsDone, s_patience);
        Assert.True(ended, "the request never ended");
        return request;
    }

    public byte[] Read(long offset, int length)
    {
        var request = Finish(Start(StoreOperation.Read, offset, length));
        Assert.Equal(StoreResult.Ok, request.Result);
        var bytes = new byte[length];
        Assert.Equal(length, request.Data.Read(0, bytes));
        request.Data.Release();
        return bytes;
    }

    public unsafe StoreResult Write(long offset, ReadOnlySpan<byte> bytes, bool fua = false)
    {
        fixed (byte* first = bytes)
        {
            var data = new LeaseList();
            // Two segments where that is possible, so that gathering is tried.
            var half = bytes.Length / 2;
            if (half > 0) data.Add(new Lease((nint)first, half, null, 0));
            data.Add(new Lease((nint)first + half, bytes.Length - half, null, 0));
            return Finish(Start(StoreOperation.Write, offset, bytes.Length, data, fua)).Result;
        }
    }

    /// <summary>Copies from a store, which may be another one.</summary>
    public StoreResult Copy(BackingStore? from, long source, long offset, long length)
    {
        var request = new TestRequest
        {
            Operation = StoreOperation.Copy,
            Offset = offset,
            Length = length,
            SourceOffset = source,
            SourceStore = from,
            Data = new LeaseList(),
            Loop = Loop,
        };
        if (store.Start(request)) request.IsDone = true;
        return Finish(request).Result;
    }

    public StoreResult Do(StoreOperation operation, long offset, long length, bool fua = false, long source = 0) =>
        Finish(Start(operation, offset, length, null, fua, source)).Result;
}

internal sealed class TestRequest : StoreRequest
{
    public bool IsDone { get; set; }

    public override void Run() => IsDone = true;
}
