using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>Our own initiator at a daemon: one command at a time, each checked.</summary>
internal sealed class Steady : IAsyncDisposable
{
    public const int BlockBytes = 512;

    private readonly IscsiInitiator _initiator;
    private readonly Lun _lun;

    private Steady(IscsiInitiator initiator, IscsiSession session, int lun)
    {
        _initiator = initiator;
        Session = session;
        _lun = Lun.FromNumber(lun);
    }

    public IscsiSession Session { get; }

    /// <summary>
    /// Logs in, and takes the power on attention. A logical unit that was just made is on its way online: it is waited
    /// for, and so is what is told when it has come.
    /// </summary>
    public static async Task<Steady> ConnectAsync(
        RunningDaemon daemon, string name = "steady", string? target = null, int lun = 0,
        Func<IscsiSessionOptions, IscsiSessionOptions>? with = null)
    {
        var at = daemon.Portal.LastIndexOf(':');
        var options = new IscsiSessionOptions
        {
            TargetName = IscsiName.Parse(target ?? daemon.Target),
            Portals =
            [
                new(daemon.Portal[..at],
                    int.Parse(daemon.Portal[(at + 1)..], System.Globalization.CultureInfo.InvariantCulture)),
            ],
            // A daemon that a busy machine does not let run for a while is there all the same.
            PingTimeout = Eventually.Patience,
            AbortTimeout = Eventually.Patience,
        };
        var initiator = IscsiInitiator.Start(new() { Name = IscsiName.Parse("iqn.2026-11.example:" + name) });
        try
        {
            var session = await IscsiSession.ConnectAsync(
                initiator, with?.Invoke(options) ?? options, TestContext.Current.CancellationToken);
            var steady = new Steady(initiator, session, lun);
            await Eventually.IsSoAsync(async () => !IsOnItsWay(await steady.ExecuteAsync(new byte[6])));
            return steady;
        }
        catch
        {
            await initiator.DisposeAsync();
            throw;
        }
    }

    private static bool IsOnItsWay(ScsiResult result) => result.TryGetSense(out var sense)
        && (sense.Key == SenseKey.UnitAttention || sense.Code == AdditionalSense.LogicalUnitNotSupported);

    public ValueTask<ScsiResult> ExecuteAsync(
        byte[] cdb, Memory<byte> dataIn = default, ReadOnlyMemory<byte> dataOut = default) =>
        Session.ExecuteAsync(new IscsiCommand(_lun, cdb), dataIn, dataOut, TestContext.Current.CancellationToken);

    public ValueTask<ScsiResult> TryWriteAsync(uint lba, ReadOnlyMemory<byte> data) =>
        ExecuteAsync(Testing.Iscsi.Cdb.Write10(lba, data.Length / BlockBytes), dataOut: data);

    public async Task WriteAsync(uint lba, ReadOnlyMemory<byte> data)
    {
        var result = await TryWriteAsync(lba, data);
        Assert.True(result.IsGood, result.Describe());
    }

    public async Task<byte[]> ReadAsync(uint lba, int blocks)
    {
        var data = new byte[blocks * BlockBytes];
        var result = await ExecuteAsync(Testing.Iscsi.Cdb.Read10(lba, blocks), dataIn: data);
        Assert.True(result.IsGood, result.Describe());
        return data;
    }

    /// <summary>Writes and reads back until told to stop; how often.</summary>
    public async Task<int> VerifyUntilAsync(CancellationToken over)
    {
        var random = new Random(64);
        var rounds = 0;
        for (; !over.IsCancellationRequested; rounds++)
        {
            var data = new byte[random.Next(1, 129) * BlockBytes];
            random.NextBytes(data);
            var lba = (uint)random.Next(10_000);
            await WriteAsync(lba, data);
            var back = await ReadAsync(lba, data.Length / BlockBytes);
            Assert.True(data.AsSpan().SequenceEqual(back), "the bytes differ");
        }
        return rounds;
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await _initiator.DisposeAsync();
    }
}
