using Lunette.Adapter.Disks;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Testing.Wire;

namespace Lunette.Adapter.Iscsi.Tests;

/// <summary>Reads and writes that are cancelled at any moment: each ends, and then nobody touches its memory.</summary>
public sealed class IscsiDiskCancellationTests
{
    private const int Callers = 8;
    private const int Rounds = 150;
    private const int Blocks = 64;
    private const int BlockLength = 512;
    private const byte Garbage = 0xA5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private int _cancelled;
    private int _done;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cancel_AtAnyMoment_CallsEndAndMemoryIsLeftAlone(int seed)
    {
        await using var target = await LunetteTarget.StartAsync(null);
        var session = new IscsiSessionOptions
        {
            TargetName = IWireTarget.Name,
            Portals = [new PortalAddress("127.0.0.1", target.Port)],
        };
        var options = new IscsiDiskOptions
        {
            Disk = new ScsiDiskOptions { QueueDepth = 4, InlineContinuations = seed == 2 },
        };
        await using var opened = await IscsiDisk.OpenAsync(session, Lun.Zero, options).WaitAsync(s_patience);
        for (var i = 0; i < Callers; i++)
            await opened.Disk.WriteAsync(LbaOf(i), ContentOf(i)).AsTask().WaitAsync(s_patience);
        var random = new Random(seed);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => (Caller: i, Own: random.Next()))
            .Select(each => Task.Run(() => CallAsync(opened.Disk, each.Caller, new Random(each.Own)))))
            .WaitAsync(s_patience);

        Assert.True(_cancelled > 0 && _done > 0, $"seed {seed}: {_cancelled} cancelled, {_done} done");
        for (var i = 0; i < Callers; i++)
        {
            var read = new byte[Blocks * BlockLength];
            await opened.Disk.ReadAsync(LbaOf(i), read).AsTask().WaitAsync(s_patience);
            Assert.Equal(ContentOf(i), read);
        }
    }

    private async Task CallAsync(ScsiDisk disk, int caller, Random random)
    {
        var content = ContentOf(caller);
        var memory = new byte[content.Length];
        for (var round = 0; round < Rounds; round++)
        {
            var writes = random.Next(2) == 0;
            if (writes) content.CopyTo(memory, 0);
            using var stop = new CancellationTokenSource();
            var call = writes
                ? disk.WriteAsync(LbaOf(caller), memory, stop.Token).AsTask()
                : disk.ReadAsync(LbaOf(caller), memory, stop.Token).AsTask();
            for (var turns = random.Next(12); turns > 0 && !call.IsCompleted; turns--) await Task.Yield();
            if (round % 10 != 0) await stop.CancelAsync();
            if (await EndedWellAsync(call))
            {
                Interlocked.Increment(ref _done);
                Assert.Equal(content, memory);
            }
            else
            {
                Interlocked.Increment(ref _cancelled);
            }
            // From here on it is the caller's: what a write still took from it would be on the disk, what a read still
            // put into it would be seen.
            memory.AsSpan().Fill(Garbage);
            for (var turns = random.Next(12); turns > 0; turns--) await Task.Yield();
            Assert.False(memory.AsSpan().ContainsAnyExcept(Garbage));
        }
    }

    private static async Task<bool> EndedWellAsync(Task call)
    {
        try
        {
            await call.WaitAsync(s_patience);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static ulong LbaOf(int caller) => (ulong)(caller * Blocks);

    private static byte[] ContentOf(int caller)
    {
        var content = new byte[Blocks * BlockLength];
        new Random(caller).NextBytes(content);
        return content;
    }
}
