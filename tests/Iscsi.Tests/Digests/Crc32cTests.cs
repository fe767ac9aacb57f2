using System.Diagnostics;

namespace Lunette.Iscsi.Tests;

public class Crc32cTests
{
    private const string InChild = "LUNETTE_CRC_TESTS_IN_CHILD";

    // What a processor without the instructions would run: the same tests in a process that may not use them.
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task AllOfThis_WithoutTheInstructions_Holds(string switchedOff)
    {
        if (Environment.GetEnvironmentVariable(InChild) is not null) return;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Lunette.Iscsi.Tests"))
        {
            ArgumentList = { "-class", typeof(Crc32cTests).FullName! },
            RedirectStandardOutput = true,
        };
        start.Environment[switchedOff] = "0";
        start.Environment[InChild] = "1";
        using var child = Process.Start(start)!;
        var said = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == 0, said);
        Assert.DoesNotContain("Total: 0", said);
    }

    [Fact]
    public void Compute_CheckValue() => Assert.Equal(0xE306_9283u, Crc32c.Compute("123456789"u8));

    // RFC 7143 appendix A.4 (CRC examples).
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "AA36918A")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "43ABA862")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "4E79DD46")]
    [InlineData("1F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100", "5CDB3F11")]
    [InlineData(
        "01C000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000",
        "563A96D9")]
    public void Write_ExamplesOfTheStandard_BytesOnTheWire(string bytes, string digest)
    {
        var wire = new byte[Crc32c.Length];
        var crc = Crc32c.Compute(Convert.FromHexString(bytes));
        Crc32c.Write(wire, crc);
        Assert.Equal(digest, Convert.ToHexString(wire));
        Assert.Equal(crc, Crc32c.Read(wire));
    }

    [Fact]
    public void Compute_EveryLengthAndOffset_AgreesWithTheBitwiseOracle()
    {
        var random = new Random(5048);
        var bytes = new byte[20_000];
        random.NextBytes(bytes);
        int[] lengths =
        [
            .. Enumerable.Range(0, 600), 1007, 1008, 1009, 4079, 4080, 4081, 4096,
            8159, 8160, 8161, 8192, 16_384, 19_990,
        ];
        foreach (var length in lengths)
        {
            var span = bytes.AsSpan(random.Next(0, 10), length);
            Assert.Equal(Bitwise(0, span), Crc32c.Compute(span));
        }
    }

    [Fact]
    public void Append_AnySplit_EqualsTheWhole()
    {
        var random = new Random(1);
        var bytes = new byte[12_345];
        random.NextBytes(bytes);
        var whole = Bitwise(0, bytes);
        for (var i = 0; i < 200; i++)
        {
            uint crc = 0;
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(random.Next(0, 6000), bytes.Length - at);
                crc = Crc32c.Append(crc, bytes.AsSpan(at, length));
                at += length;
            }
            Assert.Equal(whole, crc);
        }
    }

    [Fact]
    public void CopyAndCompute_CopiesExactlyAndAgrees()
    {
        var random = new Random(2);
        for (var i = 0; i < 400; i++)
        {
            var source = new byte[random.Next(0, 10_000)];
            random.NextBytes(source);
            var destination = new byte[source.Length + 16];
            destination.AsSpan().Fill(0xEE);
            var seed = (uint)random.NextInt64();
            Assert.Equal(Bitwise(seed, source), Crc32c.CopyAndCompute(source, destination, seed));
            Assert.Equal(source, destination.AsSpan(0, source.Length));
            Assert.Equal(-1, destination.AsSpan(source.Length).IndexOfAnyExcept((byte)0xEE));
        }
    }

    [Fact]
    public void CopyAndCompute_DestinationTooShort_Throws() =>
        Assert.Throws<ArgumentException>(() => Crc32c.CopyAndCompute(new byte[9], new byte[8]));

    private static uint Bitwise(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
