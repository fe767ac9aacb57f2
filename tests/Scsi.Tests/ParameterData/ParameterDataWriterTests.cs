using System.Text;

namespace Lunette.Scsi.Tests;

public class ParameterDataWriterTests
{
    private static int WriteAll(Span<byte> allocation)
    {
        var writer = new ParameterDataWriter(allocation);
        writer.WriteByte(0x11);
        var at = writer.ReserveUInt16();
        writer.WriteUInt16(0x2233);
        writer.WriteUInt24(0x445566);
        writer.WriteUInt32(0x778899AA);
        writer.WriteUInt48(0xBBCC_DDEE_FF00);
        writer.WriteUInt64(0x0102030405060708);
        writer.WriteAscii("LUN\u00e9TTE", 9);
        writer.WriteUtf8("\u00e9\U0001F600");
        writer.PadTo(50);
        writer.CloseUInt16(at);
        return writer.Length;
    }

    [Fact]
    public void Write_Everything_IsBigEndian()
    {
        var all = new byte[50];
        Assert.Equal(50, WriteAll(all));
        var expected = "11" + "002F" + "2233" + "445566" + "778899AA" + "BBCCDDEEFF00" + "0102030405060708"
            + Convert.ToHexString(Encoding.ASCII.GetBytes("LUN?TTE  ")) + "C3A9F09F9880";
        Assert.Equal(expected.PadRight(100, '0'), Convert.ToHexString(all));
    }

    [Fact]
    public void Write_AnyAllocationLength_IsAPrefixWithTheSameLength()
    {
        var all = new byte[50];
        WriteAll(all);
        for (var allocation = 0; allocation <= 50; allocation++)
        {
            var part = new byte[allocation];
            Assert.Equal(50, WriteAll(part));
            if (allocation >= 3) Assert.Equal(all[..allocation], part);
        }
    }

    [Fact]
    public void WriteUtf8_LongText_IsWhole()
    {
        var text = string.Concat(Enumerable.Repeat("x\U0001F600", 50));
        var bytes = new byte[500];
        var writer = new ParameterDataWriter(bytes);
        writer.WriteUtf8(text);
        Assert.Equal(Encoding.UTF8.GetBytes(text), writer.Written.ToArray());
    }
}
