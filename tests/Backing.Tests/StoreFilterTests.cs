using Lunette.Backing.Filters;
using Lunette.Backing.Ram;

namespace Lunette.Backing.Tests;

public sealed class StoreFilterTests : IAsyncDisposable
{
    private static readonly byte[] s_block = [.. Enumerable.Range(0, 4096).Select(i => (byte)i)];

    private readonly FilterStack _stack = new(new RamStore(1 << 20));
    private readonly StoreDriver _driver;

    public StoreFilterTests() => _driver = new StoreDriver(_stack);

    public ValueTask DisposeAsync() => _stack.DisposeAsync();

    [Fact]
    public void Delay_TimeHasNotPassed_NothingEnds()
    {
        _stack.Push(s => new DelayFilter(s, TimeSpan.FromSeconds(5)));
        var request = _driver.Start(StoreOperation.Read, 0, 512);
        _driver.Loop.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(request.IsDone);
        _driver.Loop.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(request.IsDone);
        request.Data.Release();
    }

    [Fact]
    public async Task Hang_TakenOff_WhatItHeldGoesOn()
    {
        var hang = _stack.Push(s => new HangFilter(s))!;
        var held = _driver.Start(StoreOperation.Unmap, 0, 512);
        _driver.Loop.Pump();
        Assert.Equal(1, hang.Held);
        Assert.False(held.IsDone);

        Assert.True(await _stack.PopAsync());
        Assert.Equal(StoreResult.Ok, _driver.Finish(held).Result);
        Assert.Equal(StoreResult.Ok, _driver.Do(StoreOperation.Unmap, 0, 512));
    }

    [Fact]
    public void Error_RequestTouchesTheRange_FailsWhereTheRangeBegins()
    {
        _stack.Push(s => new ErrorFilter(s, offset: 8192, length: 512));
        var read = _driver.Finish(_driver.Start(StoreOperation.Read, 4096, 8192));
        Assert.Equal((StoreResult.ReadError, 8192L), (read.Result, read.FailedOffset));
        Assert.Equal(StoreResult.WriteError, _driver.Write(8192, s_block));
        Assert.Equal(StoreResult.Ok, _driver.Write(8704, s_block));
        Assert.Equal(StoreResult.Ok, _driver.Write(4096, s_block));
    }

    [Fact]
    public void TornWrite_LongerThanKept_PrefixWrittenAndError()
    {
        _stack.Push(s => new TornWriteFilter(s, keptBytes: 1024));
        Assert.Equal(StoreResult.WriteError, _driver.Write(0, s_block));
        Assert.Equal(s_block[..1024], _driver.Read(0, 1024));
        Assert.Equal(new byte[3072], _driver.Read(1024, 3072));
    }

    [Fact]
    public void ShortRead_LongerThanKept_ErrorBehindThePrefix()
    {
        _stack.Push(s => new ShortReadFilter(s, keptBytes: 1024));
        var read = _driver.Finish(_driver.Start(StoreOperation.Read, 4096, 4096));
        Assert.Equal((StoreResult.ReadError, 5120L), (read.Result, read.FailedOffset));
        Assert.Equal(1024, read.Data.Length);
        read.Data.Release();
    }

    [Fact]
    public void NoSpace_SpaceGiven_WritesAgain()
    {
        var full = _stack.Push(s => new NoSpaceFilter(s, availableBytes: 4096))!;
        Assert.Equal(StoreResult.Ok, _driver.Write(0, s_block));
        Assert.Equal(StoreResult.NoSpace, _driver.Write(0, s_block));
        Assert.Equal(0, _stack.Space.AvailableBytes);
        full.AvailableBytes = 1 << 20;
        Assert.Equal(StoreResult.Ok, _driver.Write(0, s_block));
    }

    [Fact]
    public void LostFlush_AndTraceBeneath_NothingDurableArrives()
    {
        var trace = _stack.Push(s => new TraceFilter(s))!;
        _stack.Push(s => new LostFlushFilter(s));
        Assert.Equal(StoreResult.Ok, _driver.Write(0, s_block, fua: true));
        Assert.Equal(StoreResult.Ok, _driver.Do(StoreOperation.Flush, 0, 0));
        var entry = Assert.Single(trace.Entries);
        Assert.Equal(new StoreTrace(0, StoreOperation.Write, 0, 4096, false, StoreResult.Ok), entry);
    }

    [Fact]
    public void Trace_MoreThanItKeeps_LastOnesInOrder()
    {
        var trace = _stack.Push(s => new TraceFilter(s, capacity: 4))!;
        for (var i = 0; i < 10; i++) _driver.Do(StoreOperation.Unmap, i * 512, 512);
        Assert.Equal([6L, 7, 8, 9], trace.Entries.Select(e => e.Number));
        Assert.All(trace.Entries, e => Assert.Equal(StoreResult.Ok, e.Result));
    }

    [Fact]
    public void Push_MoreThanTheBound_Refused()
    {
        for (var i = 0; i < FilterStack.FiltersMax; i++) Assert.NotNull(_stack.Push(s => new LostFlushFilter(s)));
        Assert.Null(_stack.Push(s => new LostFlushFilter(s)));
    }
}
