using System.Text;

namespace Lunette.Scsi.Tests;

public class TransportIdTests
{
    private const string Name = "iqn.2026-01.org.example:host";

    [Fact]
    public void Iscsi_WithoutIsid_IsFormatZero()
    {
        var id = TransportId.Iscsi(Name);
        // format 00b, iSCSI; additional length 32: 28 bytes of name, a zero, filled to a multiple of four
        Assert.Equal("05000020" + Convert.ToHexString(Encoding.ASCII.GetBytes(Name)) + "00000000",
            Convert.ToHexString(id.Wire));
        Assert.Equal((Name, (ulong?)null), (id.IscsiName, id.Isid));
    }

    [Fact]
    public void Iscsi_WithIsid_IsFormatOne()
    {
        var id = TransportId.Iscsi("IQN.2026-01.org.example:host", 0x00023D000001);
        Assert.Equal("45000030" + Convert.ToHexString(Encoding.ASCII.GetBytes(Name + ",i,0x00023d000001")) + "000000",
            Convert.ToHexString(id.Wire));
        Assert.Equal(Name + ",i,0x00023d000001", id.ToString());
    }

    [Fact]
    public void Iscsi_ShortName_HasAtLeast24Bytes() => Assert.Equal(24, TransportId.Iscsi("iqn.x").Length);

    [Fact]
    public void FibreChannelSasSrp_HaveTheirAddressInPlace()
    {
        Assert.Equal("0000000000000000" + "2100000E1E123456" + "0000000000000000",
            Convert.ToHexString(TransportId.FibreChannel(0x2100000E1E123456).Wire));
        Assert.Equal("06000000" + "5000C50012345678" + "000000000000000000000000",
            Convert.ToHexString(TransportId.Sas(0x5000C50012345678).Wire));
        Assert.Equal("0400000000000000" + "00000000000000010000000000000002",
            Convert.ToHexString(TransportId.Srp(((UInt128)1 << 64) + 2).Wire));
    }

    [Fact]
    public void TryRead_AnyName_RoundTripsInItsNormalForm()
    {
        var random = new Random(6);
        for (var i = 0; i < 5_000; i++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 224))
                .Select(_ => "abcdefghijklmnopqrstuvwxyzABC0123456789.:-"[random.Next(42)]));
            var id = TransportId.Iscsi(name, random.Next(2) == 0 ? null : (ulong)random.NextInt64(1L << 48));
            Assert.Equal(0, id.Length % 4);
            Assert.True(id.Length <= TransportId.LengthMax);
            byte[] bytes = [.. id.Wire, 0xEE, 0xEE];
            Assert.True(TransportId.TryRead(bytes, out var read, out var consumed, out _));
            Assert.Equal(id, read);
            Assert.Equal((id.IscsiName, id.Isid, id.Length), (read.IscsiName, read.Isid, consumed));
            Assert.False(TransportId.TryRead(id.Wire[..random.Next(id.Length)], out _, out _, out _));
        }
    }

    [Fact]
    public void TryRead_LongerPaddingAndUpperCase_IsTheSamePort()
    {
        var bytes = new byte[4 + 64];
        (bytes[0], bytes[3]) = (0x45, 64);
        Encoding.ASCII.GetBytes("IQN.2026-01.ORG.EXAMPLE:HOST,i,0x00023D000001", bytes.AsSpan(4));
        Assert.True(TransportId.TryRead(bytes, out var read, out var consumed, out _));
        Assert.Equal(TransportId.Iscsi(Name, 0x00023D000001), read);
        Assert.Equal(68, consumed);
    }

    [Theory]
    [InlineData("85000014", 0)]      // format code 10b
    [InlineData("45000010", 2)]      // less than 20
    [InlineData("45000016", 2)]      // not a multiple of four
    [InlineData("45000014", 4)]      // no ISID in it
    [InlineData("05000014", 4)]      // an empty name
    public void TryRead_Malformed_PointsAtTheByte(string head, int errorAt)
    {
        var bytes = new byte[64];
        Convert.FromHexString(head).CopyTo(bytes, 0);
        if (head == "45000014") Encoding.ASCII.GetBytes("iqn.x", bytes.AsSpan(4));
        Assert.False(TransportId.TryRead(bytes, out _, out _, out var at));
        Assert.Equal(errorAt, at);
    }

    [Fact]
    public void TryRead_RandomBytes_NeverThrows()
    {
        var random = new Random(7);
        var bytes = new byte[TransportId.LengthMax + 8];
        for (var i = 0; i < 50_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)(random.Next(4) << 6 | random.Next(16));
            if (random.Next(2) == 0)
            {
                (bytes[2], bytes[3]) = (0, (byte)(random.Next(64) * 4));
                Encoding.ASCII.GetBytes(",i,0x", bytes.AsSpan(4 + random.Next(40)));
                for (var zero = 4 + random.Next(60); zero < bytes.Length; zero++) bytes[zero] = 0;
            }

            TransportId.TryRead(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out var read, out _, out _);
            if (read is not null) Assert.NotEmpty(read.ToString());
        }
    }
}
