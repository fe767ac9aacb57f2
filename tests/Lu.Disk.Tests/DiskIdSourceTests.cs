using Lunette.Lu.Disk.Provider;
using Lunette.Runtime;

namespace Lunette.Lu.Disk.Tests;

/// <summary>How identifiers are made: comstar.md, GUID format.</summary>
public sealed class DiskIdSourceTests
{
    private const ulong Address = 0x0017_3A12_3456;

    private readonly StoppedClock _clock = new(0x5825_5D13);

    // The worked example: company 00144F, host 4E086D08, a time of November 2016, the third count.
    [Fact]
    public void Next_CompanyAndHostGiven_TheWorkedExample()
    {
        var ids = new DiskIdSource(_clock, new Fixed(0x0001), Address);
        ids.Next();
        Assert.Equal(
            "600144F04E086D08000058255D130003", ids.Next(companyId: 0x00144F, hostId: 0x4E086D08).ToString());
    }

    [Fact]
    public void Next_NothingGiven_OurCompanyAndTheHardwareAddress()
    {
        var id = new DiskIdSource(_clock, new Fixed(0x0001), Address).Next().ToString();
        Assert.Equal("6024C550" + "00173A123456" + "58255D13" + "0002", id);
    }

    [Fact]
    public void Next_NoHardwareAddress_FourBytesOfChanceAndTwoOfZero()
    {
        var ids = new DiskIdSource(_clock, new Fixed(0xCAFE_F00D));
        Assert.Equal("6024C550" + "CAFEF00D0000" + "58255D13", ids.Next().ToString()[..28]);
        Assert.Equal("CAFEF00D0000", ids.Next().ToString()[8..20]);
    }

    [Fact]
    public void Next_TheCounter_BeginsAnywhereAndGrowsByOne()
    {
        var ids = new DiskIdSource(_clock, new Fixed(0x1233), Address);
        Assert.Equal(["1234", "1235", "1236"], Enumerable.Range(0, 3).Select(_ => ids.Next().ToString()[28..]));
        Assert.NotEqual(
            new DiskIdSource(_clock, SystemEntropy.Instance, Address).Next(),
            new DiskIdSource(_clock, SystemEntropy.Instance, Address).Next());
    }

    // More in one second than the counter has counts, and a clock that is set back.
    [Fact]
    public void Next_CounterGoesRoundOrClockGoesBack_NeverTheSame()
    {
        var ids = new DiskIdSource(_clock, new Fixed(0xFFF1), Address);
        var made = new HashSet<string>();
        for (var i = 0; i < 200_000; i++)
        {
            if (i == 60_000) _clock.Seconds -= 3;
            Assert.True(made.Add(ids.Next().ToString()), $"the {i}th was there already");
        }
    }

    [Fact]
    public void Next_IsNaa6() =>
        Assert.True(new DiskIdSource(_clock, new Fixed(1), Address).Next(companyId: 0xFFFFFF, hostId: 1).IsNaa6);

    [Fact]
    public void ChooseHost_TheFirstOfAManufacturer()
    {
        byte[] loopback = [0, 0, 0, 0, 0, 0];
        byte[] container = [0x02, 0x42, 0xAC, 0x11, 0x00, 0x02];
        byte[] group = [0x01, 0x00, 0x5E, 0x00, 0x00, 0x01];
        byte[] infiniband = new byte[20];
        byte[] card = [0x00, 0x17, 0x3A, 0x12, 0x34, 0x56];
        byte[] second = [0x00, 0x17, 0x3A, 0x12, 0x34, 0x57];
        Assert.Equal(Address, DiskIdSource.ChooseHost([loopback, [], container, group, infiniband, card, second]));
        Assert.Null(DiskIdSource.ChooseHost([loopback, container, group, infiniband]));
    }

    private sealed class StoppedClock(long seconds) : TimeProvider
    {
        public long Seconds { get; set; } = seconds;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Seconds);
    }

    /// <summary>The same big-endian number each time.</summary>
    private sealed class Fixed(uint value) : IEntropy
    {
        public void Fill(Span<byte> destination) =>
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(destination, value);
    }
}
