using Lunette.Adapter;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Transports;
using Lunette.Admin.Adapters;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Admin.Tests.Adapters;

/// <summary>What targets say of themselves is not believed: a clear error on that path, and the others are
/// listed.</summary>
public class AdapterDiscoveryTests
{
    private static readonly byte[] s_honestList = [0, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];

    public static TheoryData<byte[], int[], string> Lists => new()
    {
        { [], [], "too short" },
        { [0, 0, 0, 0, 0, 0, 0, 0], [], "no logical unit" },
        { [0, 0, 0, 9, .. s_honestList[4..], 0], [1], "no list of whole LUNs" },
        { [0xFF, 0xFF, 0xFF, 0xF8, .. s_honestList[4..]], [1], "256 are looked at" },
        { [0, 0, 1, 0, .. s_honestList[4..]], [1], "longer than what came" },
        { [0, 0, 0, 8, 0xFF, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0], [], "no number here" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_ShortOrLying_SaidOfThatTargetAlone(byte[] list, int[] units, string lie)
    {
        var found = await DiscoverAsync((id, cdb) => id == 1 && cdb[0] == 0xA0 ? list : Honest(cdb));

        var liars = found.Where(finding => finding.ScsiId == 1).ToList();
        Assert.Equal(units, liars.Where(finding => finding.Lun >= 0).Select(finding => finding.Lun));
        Assert.Contains(lie, liars[^1].Error, StringComparison.Ordinal);
        var honest = Assert.Single(found, finding => finding.ScsiId == 2);
        Assert.Equal((1, "LUNETTE", "four", null), (honest.Lun, honest.Vendor, honest.Serial, honest.Error));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Inquiry_TooShort_SaidOfThatUnitAlone(int length)
    {
        var found = await DiscoverAsync((id, cdb) => id == 1 && cdb[0] == 0x12 ? new byte[length] : Honest(cdb));

        Assert.Equal("the INQUIRY data is too short", found[0].Error);
        Assert.Null(found[1].Error);
    }

    [Fact]
    public async Task Names_WithControlCharacters_AreFitToBeShown()
    {
        var found = await DiscoverAsync((_, cdb) => cdb[0] == 0x12
            ? cdb[1] == 0 ? [0, 0, 6, 2, 31, 0, 0, 0, .. "../\u001b[2J\u0007/etc/\0passwd\n\r\t__1.0"u8]
                : [0, 0x80, 0, 8, .. "\u001b]0;x\u0007/\u007f"u8]
            : Honest(cdb));

        Assert.All(found, finding => Assert.DoesNotContain(
            finding.Vendor + finding.Product + finding.Revision + finding.Serial, char.IsControl));
    }

    private static byte[] Honest(byte[] cdb) => (cdb[0], cdb[1]) switch
    {
        (0xA0, _) => s_honestList,
        (0x12, 0) => [0, 0, 6, 2, 31, 0, 0, 2, .. "LUNETTE DISK            1.0 "u8],
        (0x12, _) => [0, 0x80, 0, 4, .. "four"u8],
        _ => [],
    };

    private static async Task<IReadOnlyList<AdapterFinding>> DiscoverAsync(Func<ulong, byte[], byte[]> answers)
    {
        var stop = TestContext.Current.CancellationToken;
        var loop = new ManualLoop();
        await using var adapter = new ScsiAdapter(new AdapterAttributes { Name = "iscsi0" }, loop,
            new LyingTransport(answers), new SystemErrorLog(TimeProvider.System));
        var definition = new AdapterDefinition("iscsi0", AdapterTransportType.Iscsi, "iqn.2026-11.example:host",
            [.. new ulong[] { 1, 2 }.Select(id => new AdapterTarget(id, 0, "iqn.2026-11.example:" + id, "", false,
                false, null, null))]);
        var discovering = new AdapterDiscovery(adapter, definition).RunAsync();
        while (!discovering.IsCompleted)
        {
            loop.Pump();
            await Task.Delay(1, stop);
        }
        return await discovering;
    }

    private sealed class LyingTransport(Func<ulong, byte[], byte[]> answers) : IAdapterTransport
    {
        public TransportDescription Description { get; } = new() { Kind = AdapterKind.Iscsi };

        public IReadOnlyList<TransportTarget> Targets => [];

        public void Attach(Loop loop, ITransportObserver observer)
        {
        }

        public void Connect(TransportConnection connection) => connection.Complete(TransportOutcome.Answered);

        public void Start(TransportCommand command)
        {
            var came = answers(command.ScsiId, command.Cdb.ToArray());
            var length = Math.Min(came.Length, command.Data.Length);
            if (length > 0) command.Data.CopyIn(0, came.AsSpan(0, length));
            command.Status = ScsiStatus.Good;
            command.TransferredBytes = length;
            command.Complete(TransportOutcome.Answered);
        }

        public void Manage(TransportManagement management) => management.Complete(TransportOutcome.NoDevice);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
