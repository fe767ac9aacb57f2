using Lunette.Scsi;

namespace Lunette.Iscsi.Tests;

/// <summary>Golden bytes of what an initiator sends, written and read (RFC 7143 section 11).</summary>
public class InitiatorPduTests
{
    [Fact]
    public void NopOut_Ping_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            40 80 0000 00 000003  ; immediate, F, 3 bytes of ping data
            0002000000000000      ; LUN 2
            00000007 FFFFFFFF     ; task, no target transfer tag
            00000010 00000020     ; CmdSN, ExpStatSN
            00000000000000000000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<NopOut>(bytes);
        pdu.Immediate = true;
        pdu.DataSegmentLength = 3;
        pdu.Lun = Lun.FromNumber(2);
        pdu.InitiatorTaskTag = new(7);
        pdu.CmdSn = new(0x10);
        pdu.ExpStatSn = new(0x20);
        Assert.Equal(golden, bytes);

        var read = NopOut.Over((ReadOnlySpan<byte>)golden);
        Assert.True(read.Immediate);
        Assert.Equal(3, read.DataSegmentLength);
        Assert.Equal(2, read.Lun.Number);
        Assert.Equal(7u, read.InitiatorTaskTag.Value);
        Assert.True(read.TargetTransferTag.IsReserved);
        Assert.True(read.WantsAnswer);
        pdu.InitiatorTaskTag = InitiatorTaskTag.Reserved;
        Assert.False(pdu.WantsAnswer);
        Assert.Equal(new CmdSn(0x10), read.CmdSn);
        Assert.Equal(new StatSn(0x20), read.ExpStatSn);
    }

    [Fact]
    public void ScsiCommand_Write10WithImmediateData_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            01 A1 05 00 00 001000 ; F, W, SIMPLE; priority 5; 4,096 bytes of immediate data
            0001000000000000      ; LUN 1
            00000008 00002000     ; task, 8,192 bytes expected
            00000011 00000021     ; CmdSN, ExpStatSN
            2A00 00000064 00 0010 00 000000000000 ; WRITE (10)
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<ScsiCommand>(bytes);
        pdu.Write = true;
        pdu.Attribute = TaskAttributeCode.Simple;
        pdu.Priority = 5;
        pdu.DataSegmentLength = 4096;
        pdu.Lun = Lun.FromNumber(1);
        pdu.InitiatorTaskTag = new(8);
        pdu.ExpectedDataTransferLength = 8192;
        pdu.CmdSn = new(0x11);
        pdu.ExpStatSn = new(0x21);
        pdu.Cdb = [0x2A, 0, 0, 0, 0, 0x64, 0, 0, 0x10, 0];
        Assert.Equal(golden, bytes);

        var read = ScsiCommand.Over((ReadOnlySpan<byte>)golden);
        Assert.False(read.Immediate);
        Assert.True(read.Final);
        Assert.False(read.Read);
        Assert.True(read.Write);
        Assert.Equal(TaskAttributeCode.Simple, read.Attribute);
        Assert.Equal(5, read.Priority);
        Assert.Equal(0, read.TotalAhsLength);
        Assert.Equal(4096, read.DataSegmentLength);
        Assert.Equal(1, read.Lun.Number);
        Assert.Equal(8u, read.InitiatorTaskTag.Value);
        Assert.Equal(8192u, read.ExpectedDataTransferLength);
        Assert.Equal(new CmdSn(0x11), read.CmdSn);
        Assert.Equal(new StatSn(0x21), read.ExpStatSn);
        Assert.Equal(golden[32..], read.Cdb.ToArray());
    }

    [Fact]
    public void ScsiCommand_BidirectionalHeadOfQueueNotFinal_Flags()
    {
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<ScsiCommand>(bytes);
        pdu.Final = false;
        pdu.Read = pdu.Write = true;
        pdu.Attribute = TaskAttributeCode.HeadOfQueue;
        pdu.TotalAhsLength = 28;
        Assert.Equal(0x63, bytes[1]);
        Assert.Equal(7, bytes[4]);
        Assert.Equal(28, pdu.TotalAhsLength);
    }

    [Fact]
    public void TaskManagementRequest_AbortTask_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            42 81 0000 00 000000  ; immediate, F, ABORT TASK
            0003000000000000      ; LUN 3
            00000009 00000008     ; task, referenced task
            00000012 00000022     ; CmdSN, ExpStatSN
            00000011 00000004     ; RefCmdSN, ExpDataSN
            0000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<TaskManagementRequest>(bytes);
        pdu.Immediate = true;
        pdu.Function = TaskManagementFunctionCode.AbortTask;
        pdu.Lun = Lun.FromNumber(3);
        pdu.InitiatorTaskTag = new(9);
        pdu.ReferencedTaskTag = new(8);
        pdu.CmdSn = new(0x12);
        pdu.ExpStatSn = new(0x22);
        pdu.RefCmdSn = new(0x11);
        pdu.ExpDataSn = new(4);
        Assert.Equal(golden, bytes);

        var read = TaskManagementRequest.Over((ReadOnlySpan<byte>)golden);
        Assert.True(read.Immediate);
        Assert.Equal(TaskManagementFunctionCode.AbortTask, read.Function);
        Assert.Equal(3, read.Lun.Number);
        Assert.Equal(9u, read.InitiatorTaskTag.Value);
        Assert.Equal(8u, read.ReferencedTaskTag.Value);
        Assert.Equal(new CmdSn(0x12), read.CmdSn);
        Assert.Equal(new StatSn(0x22), read.ExpStatSn);
        Assert.Equal(new CmdSn(0x11), read.RefCmdSn);
        Assert.Equal(new DataSn(4), read.ExpDataSn);
    }

    [Fact]
    public void DataOut_LastOfABurst_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            05 80 0000 00 002000  ; F, 8,192 bytes
            0001000000000000      ; LUN 1
            00000008 0000ABCD     ; task, target transfer tag of the R2T
            00000000 00000023     ; reserved, ExpStatSN
            00000000 00000002     ; reserved, DataSN
            00010000 00000000     ; buffer offset, reserved
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<DataOut>(bytes);
        pdu.DataSegmentLength = 8192;
        pdu.Lun = Lun.FromNumber(1);
        pdu.InitiatorTaskTag = new(8);
        pdu.TargetTransferTag = new(0xABCD);
        pdu.ExpStatSn = new(0x23);
        pdu.DataSn = new(2);
        pdu.BufferOffset = 0x10000;
        Assert.Equal(golden, bytes);

        var read = DataOut.Over((ReadOnlySpan<byte>)golden);
        Assert.True(read.Final);
        Assert.Equal(8192, read.DataSegmentLength);
        Assert.Equal(1, read.Lun.Number);
        Assert.Equal(8u, read.InitiatorTaskTag.Value);
        Assert.Equal(0xABCDu, read.TargetTransferTag.Value);
        Assert.Equal(new StatSn(0x23), read.ExpStatSn);
        Assert.Equal(new DataSn(2), read.DataSn);
        Assert.Equal(0x10000u, read.BufferOffset);
    }

    [Fact]
    public void TextRequest_WithContinue_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            04 40 0000 00 000010  ; C without F
            0000000000000000
            0000000A 00001111     ; task, target transfer tag
            00000013 00000024     ; CmdSN, ExpStatSN
            00000000000000000000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<TextRequest>(bytes);
        pdu.Final = false;
        pdu.Continue = true;
        pdu.DataSegmentLength = 16;
        pdu.InitiatorTaskTag = new(10);
        pdu.TargetTransferTag = new(0x1111);
        pdu.CmdSn = new(0x13);
        pdu.ExpStatSn = new(0x24);
        Assert.Equal(golden, bytes);

        var read = TextRequest.Over((ReadOnlySpan<byte>)golden);
        Assert.False(read.Immediate);
        Assert.False(read.Final);
        Assert.True(read.Continue);
        Assert.Equal(16, read.DataSegmentLength);
        Assert.Equal(Lun.Zero, read.Lun);
        Assert.Equal(10u, read.InitiatorTaskTag.Value);
        Assert.Equal(0x1111u, read.TargetTransferTag.Value);
        Assert.Equal(new CmdSn(0x13), read.CmdSn);
        Assert.Equal(new StatSn(0x24), read.ExpStatSn);
    }

    [Fact]
    public void LoginRequest_LeadingSecurityToOperational_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            43 81 00 00 00 000030 ; immediate, T, CSG 0, NSG 1, versions 0 and 0
            80123456789A 0000     ; ISID, TSIH
            0000000B 0001 0000    ; task, CID
            00000001 00000000     ; CmdSN, ExpStatSN
            00000000000000000000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<LoginRequest>(bytes);
        pdu.Transit = true;
        pdu.CurrentStage = LoginStage.SecurityNegotiation;
        pdu.NextStage = LoginStage.LoginOperationalNegotiation;
        pdu.DataSegmentLength = 0x30;
        pdu.Isid = Isid.FromRandom(0x123456, 0x789A);
        pdu.InitiatorTaskTag = new(11);
        pdu.Cid = new(1);
        pdu.CmdSn = new(1);
        Assert.Equal(golden, bytes);

        var read = LoginRequest.Over((ReadOnlySpan<byte>)golden);
        Assert.True(read.Transit);
        Assert.False(read.Continue);
        Assert.Equal(LoginStage.SecurityNegotiation, read.CurrentStage);
        Assert.Equal(LoginStage.LoginOperationalNegotiation, read.NextStage);
        Assert.Equal(0, read.VersionMax);
        Assert.Equal(0, read.VersionMin);
        Assert.Equal(0x30, read.DataSegmentLength);
        Assert.Equal(Isid.FromRandom(0x123456, 0x789A), read.Isid);
        Assert.Equal(Tsih.None, read.Tsih);
        Assert.Equal(11u, read.InitiatorTaskTag.Value);
        Assert.Equal(new Cid(1), read.Cid);
        Assert.Equal(new CmdSn(1), read.CmdSn);
        Assert.Equal(new StatSn(0), read.ExpStatSn);
    }

    [Fact]
    public void LogoutRequest_CloseConnection_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            46 81 0000 00 000000  ; immediate, F, close the connection
            0000000000000000
            0000000C 0002 0000    ; task, CID
            00000014 00000025     ; CmdSN, ExpStatSN
            00000000000000000000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<LogoutRequest>(bytes);
        pdu.Immediate = true;
        pdu.Reason = LogoutReason.CloseConnection;
        pdu.InitiatorTaskTag = new(12);
        pdu.Cid = new(2);
        pdu.CmdSn = new(0x14);
        pdu.ExpStatSn = new(0x25);
        Assert.Equal(golden, bytes);

        var read = LogoutRequest.Over((ReadOnlySpan<byte>)golden);
        Assert.True(read.Immediate);
        Assert.Equal(LogoutReason.CloseConnection, read.Reason);
        Assert.Equal(12u, read.InitiatorTaskTag.Value);
        Assert.Equal(new Cid(2), read.Cid);
        Assert.Equal(new CmdSn(0x14), read.CmdSn);
        Assert.Equal(new StatSn(0x25), read.ExpStatSn);
    }

    [Fact]
    public void SnackRequest_DataAck_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            10 82 0000 00 000000  ; F, DataACK
            0001000000000000      ; LUN 1
            FFFFFFFF 00002222     ; no task, target transfer tag
            00000000 00000026     ; reserved, ExpStatSN
            0000000000000000
            00000005 00000000     ; BegRun, RunLength
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<SnackRequest>(bytes);
        pdu.Type = SnackType.DataAck;
        pdu.Lun = Lun.FromNumber(1);
        pdu.TargetTransferTag = new(0x2222);
        pdu.ExpStatSn = new(0x26);
        pdu.BegRun = 5;
        Assert.Equal(golden, bytes);

        var read = SnackRequest.Over((ReadOnlySpan<byte>)golden);
        Assert.Equal(SnackType.DataAck, read.Type);
        Assert.Equal(1, read.Lun.Number);
        Assert.True(read.InitiatorTaskTag.IsReserved);
        Assert.Equal(0x2222u, read.TargetTransferTag.Value);
        Assert.Equal(new StatSn(0x26), read.ExpStatSn);
        Assert.Equal(5u, read.BegRun);
        Assert.Equal(0u, read.RunLength);
    }
}
