using Lunette.Scsi;
using static Lunette.Lu.Disk.Tests.TokenCommands;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Random writes, tokens and copies against an oracle that remembers what each token stood for.</summary>
public sealed class TokenModelTests
{
    private const int Blocks = 256;

    [Theory]
    [InlineData(1, "ram")]
    [InlineData(2, "ram")]
    [InlineData(3, "file")]
    public async Task Tokens_RandomCommands_GiveWhatWasThereOrAreRevoked(int seed, string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), kind);
        var random = new Random(seed);
        var oracle = new byte[Blocks * 512];
        List<Known> tokens = [];
        for (var i = 0; i < 600; i++)
        {
            var range = Range(random);
            switch (random.Next(4))
            {
                case 0:
                    var data = new byte[range.Count * 512];
                    random.NextBytes(data);
                    DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, range.Lba, range.Count), data));
                    data.CopyTo(oracle, (int)range.Lba * 512);
                    Revoke(tokens, range);
                    break;
                case 1:
                    (ulong, uint)[] ranges = [range, .. Beside(range, random)];
                    tokens.Add(new(Populate(rig, ranges), ranges, Gather(oracle, ranges)));
                    break;
                default:
                    if (tokens.Count > 0) Use(rig, tokens, tokens[random.Next(tokens.Count)], range, oracle, random);
                    break;
            }
            Assert.True(oracle.AsSpan().SequenceEqual(Read(rig, 0, Blocks)), $"step {i}");
        }
    }

    // What it writes into is what it reads from: the first step is whole, and is the token's end.
    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task WriteUsingToken_OntoItsOwnSource_WrittenAndTheTokenEnds(string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), kind);
        var data = Write(rig, 0, 16);
        var token = Populate(rig, (0, 16));
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(token, 0, 0, (8, 16))));
        Assert.Equal([.. data[..4096], .. data], Read(rig, 0, 24));
        DiskRig.Refused(WriteUsing(rig, CopyLists.WriteUsing(token, 0, 0, (100, 8))),
            SenseKey.IllegalRequest, AdditionalSense.InvalidTokenOperationTokenRevoked);
    }

    private static void Use(DiskRig rig, List<Known> tokens, Known token, (ulong Lba, uint Count) to, byte[] oracle,
        Random random)
    {
        if (token.Ranges.Any(range => Overlap(range, to))) return;
        var total = token.Data.Length / 512;
        var offset = random.Next(total);
        var result = WriteUsing(rig, CopyLists.WriteUsing(token.Bytes, (ulong)offset, 0, to));
        if (token.Revoked)
        {
            DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidTokenOperationTokenRevoked);
            return;
        }
        DiskRig.Good(result);
        var count = Math.Min((uint)(total - offset), to.Count);
        token.Data.AsSpan(offset * 512, (int)count * 512).CopyTo(oracle.AsSpan((int)to.Lba * 512));
        Revoke(tokens, (to.Lba, count));
    }

    private static void Revoke(List<Known> tokens, (ulong, uint) changed)
    {
        foreach (var token in tokens) token.Revoked |= token.Ranges.Any(range => Overlap(range, changed));
    }

    private static bool Overlap((ulong Lba, uint Count) one, (ulong Lba, uint Count) other) =>
        new BlockRange(one.Lba, one.Count).Overlaps(new(other.Lba, other.Count));

    private static (ulong Lba, uint Count) Range(Random random)
    {
        var lba = random.Next(Blocks - 1);
        return ((ulong)lba, (uint)random.Next(1, Math.Min(17, Blocks - lba)));
    }

    private static IEnumerable<(ulong, uint)> Beside((ulong, uint) range, Random random)
    {
        var other = Range(random);
        return Overlap(range, other) ? [] : [other];
    }

    private static byte[] Gather(byte[] oracle, (ulong Lba, uint Count)[] ranges) =>
        [.. ranges.SelectMany(range => oracle.AsSpan((int)range.Lba * 512, (int)range.Count * 512).ToArray())];

    private sealed class Known(byte[] bytes, (ulong Lba, uint Count)[] ranges, byte[] data)
    {
        public byte[] Bytes { get; } = bytes;

        public (ulong Lba, uint Count)[] Ranges { get; } = ranges;

        public byte[] Data { get; } = data;

        public bool Revoked { get; set; }
    }
}
