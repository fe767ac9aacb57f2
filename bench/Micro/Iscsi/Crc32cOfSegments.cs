using BenchmarkDotNet.Attributes;
using Lunette.Iscsi;

namespace Lunette.Micro.Iscsi;

/// <summary>The digest of a header, a sector, a page and a large segment, all in the first caches.</summary>
public class Crc32cOfSegments
{
    private byte[] _bytes = [];
    private byte[] _copy = [];

    [Params(48, 512, 4096, 131072)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bytes = new byte[Length];
        _copy = new byte[Length];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark]
    public uint Compute() => Crc32c.Compute(_bytes);

    [Benchmark]
    public uint CopyAndCompute() => Crc32c.CopyAndCompute(_bytes, _copy);
}
