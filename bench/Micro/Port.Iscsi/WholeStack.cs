using BenchmarkDotNet.Attributes;

namespace Lunette.Micro.Port.Iscsi;

/// <summary>
/// A batch of commands through everything but the operating system: PDUs in, order, routing, admission, disk, store,
/// answers out.
/// </summary>
public class WholeStack
{
    private MemorySession _session = null!;
    private byte[] _reads = [];
    private byte[] _writes = [];
    private byte[] _others = [];

    /// <summary>Commands that arrive together.</summary>
    [Params(1, 32)]
    public int Commands { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        _session = await MemorySession.StartAsync();
        _reads = Batch(i => WireCommand.Read((uint)i * 8, 8));
        _writes = Batch(i => WireCommand.Write((uint)i * 8, 8));
        _others = Batch(_ => WireCommand.TestUnitReady());
        _session.Run(_writes);
    }

    [GlobalCleanup]
    public async Task EndAsync() => await _session.DisposeAsync();

    [Benchmark]
    public int Read4K() => _session.Run(_reads);

    [Benchmark]
    public int Write4K() => _session.Run(_writes);

    [Benchmark]
    public int TestUnitReady() => _session.Run(_others);

    private byte[] Batch(Func<int, byte[]> make) => [.. Enumerable.Range(0, Commands).SelectMany(make)];
}
