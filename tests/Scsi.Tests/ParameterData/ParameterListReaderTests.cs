namespace Lunette.Scsi.Tests;

public class ParameterListReaderTests
{
    [Fact]
    public void Read_Everything_IsBigEndianAndAtEnd()
    {
        var reader = new ParameterListReader(Convert.FromHexString("01" + "0203" + "040506" + "0708090A"
            + "0B0C0D0E0F10" + "1112131415161718" + "0000" + "AABB"));
        Assert.Equal(0x01, reader.ReadByte());
        Assert.Equal(0x0203, reader.ReadUInt16());
        Assert.Equal(0x040506, reader.ReadUInt24());
        Assert.Equal(0x0708090Au, reader.ReadUInt32());
        Assert.Equal(0x0B0C0D0E0F10u, reader.ReadUInt48());
        Assert.Equal(0x1112131415161718u, reader.ReadUInt64());
        reader.Reserved(2);
        Assert.Equal([0xAA, 0xBB], reader.ReadBytes(2).ToArray());
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Read_PastTheEnd_IsParameterListLengthErrorAndZero()
    {
        var reader = new ParameterListReader([1, 2, 3]);
        Assert.Equal(0u, reader.ReadUInt32());
        Assert.Equal(0, reader.ReadByte());
        reader.Refuse(0);
        Assert.Equal(Sense.Illegal(AdditionalSense.ParameterListLengthError), reader.Failure);
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Reserved_NotZero_PointsAtByteAndBit()
    {
        var reader = new ParameterListReader([1, 2, 0, 0x50]);
        reader.Skip(2);
        reader.Reserved(2);
        Assert.Equal(Sense.InvalidFieldInParameterList(3, 6), reader.Failure);
    }

    [Fact]
    public void Take_Part_CountsFromTheWholeList()
    {
        var reader = new ParameterListReader([0, 0, 0, 0, 9, 9, 9, 9]);
        reader.Skip(4);
        var part = reader.Take(4);
        part.Skip(2);
        part.Refuse(position: 1, bit: 3);
        reader.Join(part);
        Assert.Equal(Sense.InvalidFieldInParameterList(5, 3), reader.Failure);
    }
}
