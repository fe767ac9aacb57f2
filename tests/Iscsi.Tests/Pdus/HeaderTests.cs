using Lunette.Scsi;

namespace Lunette.Iscsi.Tests;

public class HeaderTests
{
    [Fact]
    public void ReadOnlyView_Setter_ThrowsAndChangesNothing()
    {
        var bytes = new byte[BasicHeaderSegment.Length];
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var pdu = NopOut.Over((ReadOnlySpan<byte>)bytes);
            pdu.CmdSn = new(1);
        });
        Assert.True(bytes.All(b => b == 0));
    }

    [Fact]
    public void BasicHeaderSegment_CommonFields_OfAnyPdu()
    {
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<NopOut>(bytes);
        pdu.Immediate = true;
        pdu.Lun = Lun.FromNumber(300);
        pdu.InitiatorTaskTag = new(0x01020304);
        pdu.DataSegmentLength = 0x123456;
        var bhs = new BasicHeaderSegment((ReadOnlySpan<byte>)bytes);
        Assert.Equal(PduOpCode.NopOut, bhs.OpCode);
        Assert.True(bhs.Immediate);
        Assert.True(bhs.Final);
        Assert.Equal(300, bhs.Lun.Number);
        Assert.Equal(0x01020304u, bhs.InitiatorTaskTag.Value);
        Assert.Equal(0x123456, bhs.DataSegmentLength);
        Assert.Equal(0, bhs.TotalAhsLength);
        Assert.Equal(bytes, bhs.Bytes.ToArray());
    }

    [Theory]
    [InlineData(0, 0, false, false, 48)]
    [InlineData(0, 1, false, false, 52)]
    [InlineData(0, 5, true, true, 48 + 4 + 8 + 4)]
    [InlineData(0, 0, true, true, 52)]          // no data, no data digest
    [InlineData(7, 512, true, true, 48 + 28 + 4 + 512 + 4)]
    [InlineData(255, 0xFFFFFF, true, true, 48 + 1020 + 4 + 0x1000000 + 4)]
    public void PduFraming_Lengths_TotalIsTheSum(int ahsWords, int data, bool header, bool digest, int total)
    {
        var bhs = new byte[48];
        bhs[4] = (byte)ahsWords;
        (bhs[5], bhs[6], bhs[7]) = ((byte)(data >> 16), (byte)(data >> 8), (byte)data);
        var framing = new PduFraming(bhs, header, digest);
        Assert.Equal(ahsWords * 4, framing.TotalAhsLength);
        Assert.Equal(data, framing.DataSegmentLength);
        Assert.Equal(48 + ahsWords * 4 + (header ? 4 : 0), framing.DataSegmentOffset);
        Assert.Equal(0, framing.PaddedDataSegmentLength % 4);
        Assert.InRange(framing.PaddingLength, 0, 3);
        Assert.Equal(total, framing.TotalLength);
    }

    [Fact]
    public void AdditionalHeaderSegments_ExtendedCdbAndReadLength_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            0011 01 00                            ; 17 bytes: a 32-byte CDB less 15; extended CDB
            000102030405060708090A0B0C0D0E0F
            0005 02 00 00001000                   ; bidirectional read of 4,096 bytes
            """);
        byte[] extended = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        var bytes = new byte[AdditionalHeaderSegments.LengthOf(16, bidirectional: true)];
        Assert.Equal(golden.Length, AdditionalHeaderSegments.Write(bytes, extended, 4096));
        Assert.Equal(golden, bytes);

        Assert.True(AdditionalHeaderSegments.TryParse(golden, out var segments));
        Assert.Equal(extended, segments.ExtendedCdb.ToArray());
        Assert.Equal(4096u, segments.BidirectionalReadLength);
    }

    [Theory]
    [InlineData("FFFF0100")]                        // reaches past the end
    [InlineData("00050300 00001000")]               // a type nobody knows
    [InlineData("00040200 00001000")]               // a read length of three bytes
    [InlineData("00010100")]                        // an extended CDB that extends nothing
    [InlineData("00050200 00001000 00050200 00001000")] // twice
    [InlineData("00000000")]                        // type 0
    public void AdditionalHeaderSegments_Malformed_Refused(string hex) =>
        Assert.False(AdditionalHeaderSegments.TryParse(Golden.Bytes(hex), out _));

    [Fact]
    public void AdditionalHeaderSegments_RandomBytes_NeverThrow()
    {
        var random = new Random(7143);
        for (var i = 0; i < 20_000; i++)
        {
            var ahs = new byte[random.Next(0, 12) * 4];
            random.NextBytes(ahs);
            if (ahs.Length > 0)
            {
                ahs[0] = 0;
                ahs[1] = (byte)random.Next(0, 24);
                ahs[2] = (byte)random.Next(0, 4);
            }
            if (!AdditionalHeaderSegments.TryParse(ahs, out var segments)) continue;
            Assert.InRange(segments.ExtendedCdb.Length, 0, AdditionalHeaderSegments.CdbLengthMax - 16);
        }
    }

    [Fact]
    public void SenseSegment_RoundTrip()
    {
        var golden = Golden.Bytes("0003 700005 AA"); // sense length, sense data, response data
        var bytes = new byte[5];
        Assert.Equal(5, SenseSegment.Write(bytes, [0x70, 0, 5]));
        Assert.Equal(golden[..5], bytes);
        Assert.True(SenseSegment.TryParse(golden, out var sense, out var response));
        Assert.Equal([0x70, 0, 5], sense.ToArray());
        Assert.Equal([0xAA], response.ToArray());
        Assert.True(SenseSegment.TryParse([], out sense, out _));
        Assert.True(sense.IsEmpty);
        Assert.False(SenseSegment.TryParse([0], out _, out _));
        Assert.False(SenseSegment.TryParse([0, 2, 1], out _, out _));
    }

    [Fact]
    public void TaskManagementFunctions_EveryFunctionOfSam_GoesToTheWireAndBack()
    {
        foreach (var function in Enum.GetValues<TaskManagementFunction>())
        {
            Assert.True(function.ToCode().TryToScsi(out var back));
            Assert.Equal(function, back);
        }
        Assert.False(TaskManagementFunctionCode.TaskReassign.TryToScsi(out _));
        Assert.False(((TaskManagementFunctionCode)13).TryToScsi(out _));
        Assert.False(TaskManagementFunctionCode.TaskReassign.NeedsProtocolLevel2());
        Assert.True(TaskManagementFunctionCode.QueryTask.NeedsProtocolLevel2());
        Assert.True(TaskManagementFunctionCode.QueryAsynchronousEvent.NeedsProtocolLevel2());
    }

    [Fact]
    public void TaskAttributes_EveryAttributeOfSam_GoesToTheWireAndBack()
    {
        foreach (var attribute in Enum.GetValues<TaskAttribute>())
        {
            Assert.True(attribute.ToCode().TryToScsi(out var back));
            Assert.Equal(attribute, back);
        }
        Assert.True(TaskAttributeCode.Untagged.TryToScsi(out var untagged));
        Assert.Equal(TaskAttribute.Simple, untagged);
        Assert.False(((TaskAttributeCode)5).TryToScsi(out _));
    }

    [Theory]
    [InlineData(ServiceResponse.FunctionComplete, TaskManagementResponseCode.FunctionComplete)]
    [InlineData(ServiceResponse.FunctionSucceeded, TaskManagementResponseCode.FunctionSucceeded)]
    [InlineData(ServiceResponse.FunctionRejected, TaskManagementResponseCode.FunctionRejected)]
    [InlineData(ServiceResponse.IncorrectLogicalUnitNumber, TaskManagementResponseCode.LunDoesNotExist)]
    public void ServiceResponses_OnTheWireAndBack(ServiceResponse response, TaskManagementResponseCode code)
    {
        Assert.Equal(code, response.ToCode());
        Assert.Equal(response, code.ToScsi());
    }
}
