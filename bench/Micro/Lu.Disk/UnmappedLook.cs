using BenchmarkDotNet.Attributes;
using Lunette.Lu.Disk.Provisioning;

namespace Lunette.Micro.Lu.Disk;

/// <summary>What a write that touches nothing unmapped pays where something is: by itself, and while another loop
/// writes too.</summary>
public class UnmappedLook
{
    private const int Runs = 8;
    private const int Apart = 1 << 20;
    private const int LooksAtOnce = 1000;       // of the other, which must not read what this one writes each time

    private readonly UnmappedRanges _ranges = new();
    private Thread? _other;
    private volatile bool _over;
    private int _at;

    [Params(false, true)]
    public bool IsShared { get; set; }

    [GlobalSetup]
    public void Make()
    {
        for (var i = 0; i < Runs; i++) _ranges.Add((long)i * Apart, 4096);
        if (!IsShared) return;
        var ranges = _ranges;
        _other = new Thread(() =>
        {
            while (!_over)
                for (var at = 0; at < LooksAtOnce; at++) Look(ranges, at);
        });
        _other.Start();
    }

    [Benchmark]
    public int Write()
    {
        Look(_ranges, _at++);
        return _at;
    }

    [GlobalCleanup]
    public void End()
    {
        _over = true;
        _other?.Join();
    }

    private static void Look(UnmappedRanges ranges, int at) =>
        ranges.Remove((((long)at & (Runs - 1)) * Apart) + 8192, 4096);
}
