using Lunette.Scsi;

namespace Lunette.Iscsi.Tests;

/// <summary>Golden bytes of how a target answers commands, written and read (RFC 7143 section 11).</summary>
public class TargetPduTests
{
    [Fact]
    public void NopIn_AnswerToAPing_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            20 80 0000 00 000003  ; F, 3 bytes of ping data
            0002000000000000      ; LUN 2
            00000007 FFFFFFFF     ; task, no target transfer tag
            00000020 00000011 00000031 ; StatSN, ExpCmdSN, MaxCmdSN
            000000000000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<NopIn>(bytes);
        pdu.DataSegmentLength = 3;
        pdu.Lun = Lun.FromNumber(2);
        pdu.InitiatorTaskTag = new(7);
        pdu.StatSn = new(0x20);
        pdu.ExpCmdSn = new(0x11);
        pdu.MaxCmdSn = new(0x31);
        Assert.Equal(golden, bytes);

        var read = NopIn.Over((ReadOnlySpan<byte>)golden);
        Assert.Equal(3, read.DataSegmentLength);
        Assert.Equal(2, read.Lun.Number);
        Assert.Equal(7u, read.InitiatorTaskTag.Value);
        Assert.True(read.TargetTransferTag.IsReserved);
        Assert.False(read.WantsAnswer);
        pdu.TargetTransferTag = new(0);
        Assert.True(pdu.WantsAnswer);
        Assert.Equal(new StatSn(0x20), read.StatSn);
        Assert.Equal(new CmdSn(0x11), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x31), read.MaxCmdSn);
    }

    [Fact]
    public void ScsiResponse_CheckConditionWithResiduals_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            21 92 00 02 00 000014 ; F, o, U; completed at target; CHECK CONDITION; 20 bytes
            4001 000000000000     ; status qualifier
            00000008 00003333     ; task, SNACK Tag
            00000021 00000012 00000032 ; StatSN, ExpCmdSN, MaxCmdSN
            00000004 00000100 00000200 ; ExpDataSN, bidirectional residual, residual
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<ScsiResponse>(bytes);
        pdu.BidirectionalReadOverflow = true;
        pdu.ResidualUnderflow = true;
        pdu.Response = ScsiResponseCode.CompletedAtTarget;
        pdu.Status = ScsiStatus.CheckCondition;
        pdu.DataSegmentLength = 20;
        pdu.StatusQualifier = 0x4001;
        pdu.InitiatorTaskTag = new(8);
        pdu.SnackTag = 0x3333;
        pdu.StatSn = new(0x21);
        pdu.ExpCmdSn = new(0x12);
        pdu.MaxCmdSn = new(0x32);
        pdu.ExpDataSn = new(4);
        pdu.BidirectionalReadResidualCount = 0x100;
        pdu.ResidualCount = 0x200;
        Assert.Equal(golden, bytes);

        var read = ScsiResponse.Over((ReadOnlySpan<byte>)golden);
        Assert.True(read.BidirectionalReadOverflow);
        Assert.False(read.BidirectionalReadUnderflow);
        Assert.False(read.ResidualOverflow);
        Assert.True(read.ResidualUnderflow);
        Assert.Equal(ScsiResponseCode.CompletedAtTarget, read.Response);
        Assert.Equal(ScsiStatus.CheckCondition, read.Status);
        Assert.Equal(20, read.DataSegmentLength);
        Assert.Equal(0x4001, read.StatusQualifier);
        Assert.Equal(8u, read.InitiatorTaskTag.Value);
        Assert.Equal(0x3333u, read.SnackTag);
        Assert.Equal(new StatSn(0x21), read.StatSn);
        Assert.Equal(new CmdSn(0x12), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x32), read.MaxCmdSn);
        Assert.Equal(new DataSn(4), read.ExpDataSn);
        Assert.Equal(0x100u, read.BidirectionalReadResidualCount);
        Assert.Equal(0x200u, read.ResidualCount);
    }

    [Fact]
    public void ScsiResponse_TheOtherResidualFlags_OneBitEach()
    {
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<ScsiResponse>(bytes);
        pdu.BidirectionalReadUnderflow = true;
        pdu.ResidualOverflow = true;
        Assert.Equal(0x8C, bytes[1]);
        Assert.True(pdu.BidirectionalReadUnderflow);
        Assert.True(pdu.ResidualOverflow);
    }

    [Fact]
    public void TaskManagementResponse_FunctionSucceededWithInformation_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            22 80 07 00 00 000000 ; F, function succeeded
            123456 0000000000     ; additional response information
            00000009 00000000     ; task
            00000022 00000013 00000033 ; StatSN, ExpCmdSN, MaxCmdSN
            000000000000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<TaskManagementResponse>(bytes);
        pdu.Response = TaskManagementResponseCode.FunctionSucceeded;
        pdu.AdditionalResponseInformation = 0x123456;
        pdu.InitiatorTaskTag = new(9);
        pdu.StatSn = new(0x22);
        pdu.ExpCmdSn = new(0x13);
        pdu.MaxCmdSn = new(0x33);
        Assert.Equal(golden, bytes);

        var read = TaskManagementResponse.Over((ReadOnlySpan<byte>)golden);
        Assert.Equal(TaskManagementResponseCode.FunctionSucceeded, read.Response);
        Assert.Equal(0x123456, read.AdditionalResponseInformation);
        Assert.Equal(9u, read.InitiatorTaskTag.Value);
        Assert.Equal(new StatSn(0x22), read.StatSn);
        Assert.Equal(new CmdSn(0x13), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x33), read.MaxCmdSn);
    }

    [Fact]
    public void DataIn_WithStatusAndUnderflow_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            25 83 00 00 00 000200 ; F, U, S; GOOD; 512 bytes
            0001000000000000      ; LUN 1
            00000008 FFFFFFFF     ; task, no target transfer tag
            00000023 00000014 00000034 ; StatSN, ExpCmdSN, MaxCmdSN
            00000003 00000600 00000100 ; DataSN, buffer offset, residual
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<DataIn>(bytes);
        pdu.ResidualUnderflow = true;
        pdu.HasStatus = true;
        pdu.Status = ScsiStatus.Good;
        pdu.DataSegmentLength = 512;
        pdu.Lun = Lun.FromNumber(1);
        pdu.InitiatorTaskTag = new(8);
        pdu.StatSn = new(0x23);
        pdu.ExpCmdSn = new(0x14);
        pdu.MaxCmdSn = new(0x34);
        pdu.DataSn = new(3);
        pdu.BufferOffset = 0x600;
        pdu.ResidualCount = 0x100;
        Assert.Equal(golden, bytes);

        var read = DataIn.Over((ReadOnlySpan<byte>)golden);
        Assert.True(read.Final);
        Assert.False(read.Acknowledge);
        Assert.False(read.ResidualOverflow);
        Assert.True(read.ResidualUnderflow);
        Assert.True(read.HasStatus);
        Assert.Equal(ScsiStatus.Good, read.Status);
        Assert.Equal(512, read.DataSegmentLength);
        Assert.Equal(1, read.Lun.Number);
        Assert.Equal(8u, read.InitiatorTaskTag.Value);
        Assert.True(read.TargetTransferTag.IsReserved);
        Assert.Equal(new StatSn(0x23), read.StatSn);
        Assert.Equal(new CmdSn(0x14), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x34), read.MaxCmdSn);
        Assert.Equal(new DataSn(3), read.DataSn);
        Assert.Equal(0x600u, read.BufferOffset);
        Assert.Equal(0x100u, read.ResidualCount);
    }

    [Fact]
    public void DataIn_NotFinalWithAcknowledge_Flags()
    {
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<DataIn>(bytes);
        pdu.Final = false;
        pdu.Acknowledge = true;
        pdu.ResidualOverflow = true;
        pdu.TargetTransferTag = new(5);
        Assert.Equal(0x44, bytes[1]);
        Assert.Equal(5u, pdu.TargetTransferTag.Value);
    }

    [Fact]
    public void ReadyToTransfer_OneBurst_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            31 80 0000 00 000000
            0001000000000000      ; LUN 1
            00000008 0000ABCD     ; task, target transfer tag
            00000024 00000015 00000035 ; StatSN, ExpCmdSN, MaxCmdSN
            00000001 00010000 00040000 ; R2TSN, buffer offset, desired length
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<ReadyToTransfer>(bytes);
        pdu.Lun = Lun.FromNumber(1);
        pdu.InitiatorTaskTag = new(8);
        pdu.TargetTransferTag = new(0xABCD);
        pdu.StatSn = new(0x24);
        pdu.ExpCmdSn = new(0x15);
        pdu.MaxCmdSn = new(0x35);
        pdu.R2TSn = new(1);
        pdu.BufferOffset = 0x10000;
        pdu.DesiredDataTransferLength = 0x40000;
        Assert.Equal(golden, bytes);

        var read = ReadyToTransfer.Over((ReadOnlySpan<byte>)golden);
        Assert.Equal(1, read.Lun.Number);
        Assert.Equal(8u, read.InitiatorTaskTag.Value);
        Assert.Equal(0xABCDu, read.TargetTransferTag.Value);
        Assert.Equal(new StatSn(0x24), read.StatSn);
        Assert.Equal(new CmdSn(0x15), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x35), read.MaxCmdSn);
        Assert.Equal(new R2TSn(1), read.R2TSn);
        Assert.Equal(0x10000u, read.BufferOffset);
        Assert.Equal(0x40000u, read.DesiredDataTransferLength);
    }
}
