namespace Lunette.Scsi.Tests.Protection;

/// <summary>Protection information as bytes, and its CRC.</summary>
public sealed class ProtectionInformationTests
{
    [Fact]
    public void Bytes_GuardApplicationTagReferenceTag_BothDirections()
    {
        var bytes = new byte[ProtectionInformation.Length];
        new ProtectionInformation(0x1234, 0x5678, 0x9ABC_DEF0).Write(bytes);
        // Guard, application tag, reference tag.
        Assert.Equal([0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0], bytes);
        Assert.Equal(new(0x1234, 0x5678, 0x9ABC_DEF0), ProtectionInformation.Read(bytes));
    }

    [Fact]
    public void Guard_CheckValueOfTheCrc_D0DB() => Assert.Equal(0xD0DB, BlockGuard.Of("123456789"u8));

    [Fact]
    public void Guard_BlockOfOnes_ValueOfTheStandard()
    {
        // SBC, CRC test cases: 32 bytes of FFh, of zeros, and counting up.
        Assert.Equal(0xA293, BlockGuard.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x0000, BlockGuard.Of(new byte[32]));
        Assert.Equal(0x0224, BlockGuard.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x21B8, BlockGuard.Of([0xFF, 0xFF, .. new byte[30]]));
    }

    [Fact]
    public void Guard_AnyBytesInAnyPieces_IsThatOfTheSlowOracle()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);
            var cut = random.Next(bytes.Length + 1);
            var slow = 0u;
            foreach (var value in bytes)
                for (var bit = 7; bit >= 0; bit--)
                    slow = (slow << 1 ^ ((slow >> 15 ^ (uint)value >> bit) & 1) * 0x8BB7) & 0xFFFF;
            Assert.Equal(slow, BlockGuard.Of(bytes));
            Assert.Equal(slow, BlockGuard.Append(BlockGuard.Of(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    [Theory]
    [InlineData(ProtectionType.Type1, 0xFFFF, 5u, true)]
    [InlineData(ProtectionType.Type2, 0xFFFF, 5u, true)]
    [InlineData(ProtectionType.Type3, 0xFFFF, 5u, false)]
    [InlineData(ProtectionType.Type3, 0xFFFF, 0xFFFF_FFFFu, true)]
    [InlineData(ProtectionType.Type1, 0xFFFE, 0xFFFF_FFFFu, false)]
    public void Tags_Escape_DisablesCheckingByType(
        ProtectionType type, ushort application, uint reference, bool escapes) =>
        Assert.Equal(escapes, new ProtectionInformation(1, application, reference).DisablesChecking(type));
}
