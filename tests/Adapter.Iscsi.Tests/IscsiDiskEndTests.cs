using System.Net;
using System.Net.Sockets;
using System.Text;
using Lunette.Adapter.Disks;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Testing.Wire;

namespace Lunette.Adapter.Iscsi.Tests;

/// <summary>A program's disk that is closed, whatever is going on: every call ends, and says why.</summary>
public sealed class IscsiDiskEndTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Dispose_AtAnyMoment_EveryCallEnds(int seed)
    {
        await using var target = await LunetteTarget.StartAsync(null);
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var options = new IscsiDiskOptions
            {
                Disk = new ScsiDiskOptions { QueueDepth = 4, WaitingMax = 8, InlineContinuations = round % 3 == 0 },
            };
            var opened = await IscsiDisk.OpenAsync(Session(target.Port), Lun.Zero, options).WaitAsync(s_patience);
            var done = 0;
            var callers = Enumerable.Range(0, 12).Select(_ => random.Next()).Select(own => Task.Run(
                () => CallAsync(opened, new Random(own), () => Interlocked.Increment(ref done)))).ToList();
            var until = random.Next(1, 200);
            while (Volatile.Read(ref done) < until && !callers.TrueForAll(caller => caller.IsCompleted))
                await Task.Yield();
            if (random.Next(2) == 0) callers.Add(opened.DisposeAsync().AsTask());
            callers.Add(opened.DisposeAsync().AsTask());
            try
            {
                await Task.WhenAll(callers).WaitAsync(s_patience);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"seed {seed}, round {round}: {callers.Count(caller => !caller.IsCompleted)} wait");
            }
            var late = await Assert.ThrowsAsync<ScsiDiskException>(
                () => opened.Disk.ReadAsync(0, new byte[512]).AsTask().WaitAsync(s_patience));
            Assert.Equal(Errno.ENODEV, late.Errno);
            await opened.DisposeAsync().AsTask().WaitAsync(s_patience);
            await Assert.ThrowsAsync<ObjectDisposedException>(
                () => opened.Adapter.DescribeAsync().WaitAsync(s_patience));
        }
    }

    [Fact]
    public async Task Dispose_TargetHasGoneSilent_EveryCallEnds()
    {
        await using var target = await LunetteTarget.StartAsync(null);
        await using var proxy = new SwallowingProxy(target.Port);
        var session = Session(proxy.Port) with
        {
            AbortTimeout = TimeSpan.FromSeconds(1),
            LogoutTimeout = TimeSpan.FromSeconds(1),
            RecoveryTime = TimeSpan.Zero,
        };
        var options = new IscsiDiskOptions
        {
            Disk = new ScsiDiskOptions { QueueDepth = 2, ReadWriteTimeoutSeconds = 1 },
        };
        var opened = await IscsiDisk.OpenAsync(session, Lun.Zero, options).WaitAsync(s_patience);
        proxy.Swallow();
        var reads = Enumerable.Range(0, 6)
            .Select(_ => opened.Disk.ReadAsync(0, new byte[512]).AsTask()).ToList();
        await opened.DisposeAsync().AsTask().WaitAsync(s_patience);
        foreach (var read in reads)
        {
            var told = await Assert.ThrowsAsync<ScsiDiskException>(() => read.WaitAsync(s_patience));
            Assert.Equal(Errno.ENODEV, told.Errno);
        }
    }

    [Fact]
    public async Task Open_PortalThatNeverAnswers_CanBeGivenUp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var opening = IscsiDisk.OpenAsync(
            Session(((IPEndPoint)listener.LocalEndpoint).Port), Lun.Zero, cancellation: stop.Token);
        using var accepted = await listener.AcceptTcpClientAsync().WaitAsync(s_patience);
        Assert.False(opening.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(s_patience));
    }

    [Fact]
    public async Task Open_OptionsThatContradictThemselves_SaysSo()
    {
        var session = Session(1) with
        {
            TargetCredentials = new ChapCredentials("disk", new(Encoding.ASCII.GetBytes("the-disks-secret"))),
        };
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => IscsiDisk.OpenAsync(session, Lun.Zero).WaitAsync(s_patience));
    }

    [Fact]
    public async Task Settings_OfAnOpenDisk_SayWhatWasAgreedOn()
    {
        await using var target = await LunetteTarget.StartAsync(null);
        var session = Session(target.Port) with { DataDigests = [Digest.Crc32C], MaxBurstLength = 65_536 };
        var opened = await IscsiDisk.OpenAsync(session with { FirstBurstLength = 512 }, Lun.Zero);
        Assert.True(opened.Settings!.Connection.DataDigest);
        Assert.Equal((65_536, 512), (opened.Settings.Session.MaxBurstLength, opened.Settings.Session.FirstBurstLength));
        Assert.Equal(target.Port, opened.Settings.Portal.Port);
        await opened.DisposeAsync();
        Assert.Null(opened.Settings);
    }

    private static async Task CallAsync(IscsiDisk opened, Random random, Action done)
    {
        var block = new byte[8 * 512];
        await using var stream = opened.Disk.OpenStream();
        while (true)
        {
            try
            {
                switch (random.Next(8))
                {
                    case 0: await opened.Disk.FlushAsync().ConfigureAwait(false); break;
                    case 1: await opened.Disk.WriteAsync((ulong)random.Next(1000), block).ConfigureAwait(false); break;
                    case 2: await opened.Disk.DiscardAsync((ulong)random.Next(1000), 8).ConfigureAwait(false); break;
                    case 3:
                        stream.Position = random.Next(10_000);
                        await stream.ReadExactlyAsync(block).ConfigureAwait(false);
                        break;
                    default: await opened.Disk.ReadAsync(5, block).ConfigureAwait(false); break;
                }
            }
            catch (ScsiDiskException refused) when (refused.Errno == Errno.ENOMEM)
            {
                // More than may wait.
            }
            catch (ScsiDiskException ended)
            {
                Assert.Equal(Errno.ENODEV, ended.Errno);
                return;
            }
            done();
            await Task.Yield();
        }
    }

    private static IscsiSessionOptions Session(int port) => new()
    {
        TargetName = IWireTarget.Name,
        Portals = [new PortalAddress("127.0.0.1", port)],
    };
}
