using Lunette.Initiator.Iscsi;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>
/// An initiator that says everything again until it is done, whatever happens to target, disk and view meanwhile, and
/// then wants to read what was last acknowledged. It has its blocks to itself.
/// </summary>
internal sealed class Persistent(Steady host, uint firstLba, int seed)
{
    private const int Blocks = 8;
    private const int Chunks = 64;

    private readonly byte[]?[] _acknowledged = new byte[Chunks][];
    private readonly Random _random = new(seed);

    public int Rounds { get; private set; }

    public int Repeats { get; private set; }

    public async Task RunUntilAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var chunk = _random.Next(Chunks);
            var data = new byte[Blocks * Steady.BlockBytes];
            _random.NextBytes(data);
            await UntilGoodAsync(() => host.TryWriteAsync(Lba(chunk), data));
            _acknowledged[chunk] = data;
            await VerifyAsync(_random.Next(Chunks));
            Rounds++;
        }
        for (var chunk = 0; chunk < Chunks; chunk++) await VerifyAsync(chunk);
    }

    private uint Lba(int chunk) => firstLba + (uint)(chunk * Blocks);

    private async Task VerifyAsync(int chunk)
    {
        if (_acknowledged[chunk] is not { } expected) return;
        var data = new byte[expected.Length];
        await UntilGoodAsync(() => host.ExecuteAsync(Testing.Iscsi.Cdb.Read10(Lba(chunk), Blocks), dataIn: data));
        Assert.True(expected.AsSpan().SequenceEqual(data), $"chunk {chunk}: not what was acknowledged");
    }

    private async Task UntilGoodAsync(Func<ValueTask<ScsiResult>> command)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Eventually.Patience);
        while (true)
        {
            var result = await command();
            if (result.IsGood) return;
            Repeats++;
            Assert.False(patience.IsCancellationRequested, "still: " + result.Describe());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
