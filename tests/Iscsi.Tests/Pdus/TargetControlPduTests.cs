using Lunette.Scsi;

namespace Lunette.Iscsi.Tests;

/// <summary>Golden bytes of what a target sends besides the answers to commands (RFC 7143 section 11).</summary>
public class TargetControlPduTests
{
    [Fact]
    public void AsynchronousMessage_ConnectionDrop_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            32 80 0000 00 000004  ; F, 4 bytes
            0001000000000000      ; LUN 1
            FFFFFFFF 00000000
            00000025 00000016 00000036 ; StatSN, ExpCmdSN, MaxCmdSN
            02 07 0001            ; event, vendor code, CID
            0002 0014             ; Time2Wait, Time2Retain
            00000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<AsynchronousMessage>(bytes);
        pdu.DataSegmentLength = 4;
        pdu.Lun = Lun.FromNumber(1);
        pdu.StatSn = new(0x25);
        pdu.ExpCmdSn = new(0x16);
        pdu.MaxCmdSn = new(0x36);
        pdu.AsyncEvent = AsyncEvent.ConnectionDrop;
        pdu.AsyncVCode = 7;
        pdu.Parameter1 = 1;
        pdu.Parameter2 = 2;
        pdu.Parameter3 = 20;
        Assert.Equal(golden, bytes);

        var read = AsynchronousMessage.Over((ReadOnlySpan<byte>)golden);
        Assert.Equal(4, read.DataSegmentLength);
        Assert.Equal(1, read.Lun.Number);
        Assert.Equal(new StatSn(0x25), read.StatSn);
        Assert.Equal(new CmdSn(0x16), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x36), read.MaxCmdSn);
        Assert.Equal(AsyncEvent.ConnectionDrop, read.AsyncEvent);
        Assert.Equal(7, read.AsyncVCode);
        Assert.Equal(1, read.Parameter1);
        Assert.Equal(2, read.Parameter2);
        Assert.Equal(20, read.Parameter3);
    }

    [Fact]
    public void TextResponse_NotFinal_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            24 40 0000 00 000100  ; C without F, 256 bytes
            0000000000000000
            0000000A 00001111     ; task, target transfer tag
            00000026 00000017 00000037 ; StatSN, ExpCmdSN, MaxCmdSN
            000000000000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<TextResponse>(bytes);
        pdu.Final = false;
        pdu.Continue = true;
        pdu.DataSegmentLength = 256;
        pdu.Lun = Lun.Zero;
        pdu.InitiatorTaskTag = new(10);
        pdu.TargetTransferTag = new(0x1111);
        pdu.StatSn = new(0x26);
        pdu.ExpCmdSn = new(0x17);
        pdu.MaxCmdSn = new(0x37);
        Assert.Equal(golden, bytes);

        var read = TextResponse.Over((ReadOnlySpan<byte>)golden);
        Assert.False(read.Final);
        Assert.True(read.Continue);
        Assert.Equal(256, read.DataSegmentLength);
        Assert.Equal(Lun.Zero, read.Lun);
        Assert.Equal(10u, read.InitiatorTaskTag.Value);
        Assert.Equal(0x1111u, read.TargetTransferTag.Value);
        Assert.Equal(new StatSn(0x26), read.StatSn);
        Assert.Equal(new CmdSn(0x17), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x37), read.MaxCmdSn);
    }

    [Fact]
    public void LoginResponse_IntoFullFeaturePhase_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            23 87 00 00 00 000020 ; T, CSG 1, NSG 3, versions 0 and 0
            80123456789A 0005     ; ISID, TSIH
            0000000B 00000000     ; task
            00000001 00000001 00000020 ; StatSN, ExpCmdSN, MaxCmdSN
            02 0B 0000            ; status (only to see where it stands)
            0000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<LoginResponse>(bytes);
        pdu.Transit = true;
        pdu.CurrentStage = LoginStage.LoginOperationalNegotiation;
        pdu.NextStage = LoginStage.FullFeaturePhase;
        pdu.DataSegmentLength = 32;
        pdu.Isid = Isid.FromRandom(0x123456, 0x789A);
        pdu.Tsih = new(5);
        pdu.InitiatorTaskTag = new(11);
        pdu.StatSn = new(1);
        pdu.ExpCmdSn = new(1);
        pdu.MaxCmdSn = new(0x20);
        pdu.Status = LoginStatus.InvalidDuringLogin;
        Assert.Equal(golden, bytes);

        var read = LoginResponse.Over((ReadOnlySpan<byte>)golden);
        Assert.True(read.Transit);
        Assert.False(read.Continue);
        Assert.Equal(LoginStage.LoginOperationalNegotiation, read.CurrentStage);
        Assert.Equal(LoginStage.FullFeaturePhase, read.NextStage);
        Assert.Equal(0, read.VersionMax);
        Assert.Equal(0, read.VersionActive);
        Assert.Equal(32, read.DataSegmentLength);
        Assert.Equal(Isid.FromRandom(0x123456, 0x789A), read.Isid);
        Assert.Equal(new Tsih(5), read.Tsih);
        Assert.Equal(11u, read.InitiatorTaskTag.Value);
        Assert.Equal(new StatSn(1), read.StatSn);
        Assert.Equal(new CmdSn(1), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x20), read.MaxCmdSn);
        Assert.Equal(LoginStatus.InvalidDuringLogin, read.Status);
        Assert.Equal(LoginStatusClass.InitiatorError, read.Status.ClassOf());
    }

    [Fact]
    public void LogoutResponse_WithTimes_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            26 80 02 00 00 000000 ; F, recovery not supported
            0000000000000000
            0000000C 00000000     ; task
            00000027 00000018 00000038 ; StatSN, ExpCmdSN, MaxCmdSN
            00000000
            0002 0014 00000000    ; Time2Wait, Time2Retain
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<LogoutResponse>(bytes);
        pdu.Response = LogoutResponseCode.ConnectionRecoveryNotSupported;
        pdu.InitiatorTaskTag = new(12);
        pdu.StatSn = new(0x27);
        pdu.ExpCmdSn = new(0x18);
        pdu.MaxCmdSn = new(0x38);
        pdu.Time2Wait = 2;
        pdu.Time2Retain = 20;
        Assert.Equal(golden, bytes);

        var read = LogoutResponse.Over((ReadOnlySpan<byte>)golden);
        Assert.Equal(LogoutResponseCode.ConnectionRecoveryNotSupported, read.Response);
        Assert.Equal(12u, read.InitiatorTaskTag.Value);
        Assert.Equal(new StatSn(0x27), read.StatSn);
        Assert.Equal(new CmdSn(0x18), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x38), read.MaxCmdSn);
        Assert.Equal(2, read.Time2Wait);
        Assert.Equal(20, read.Time2Retain);
    }

    [Fact]
    public void Reject_DataDigestError_GoldenBytes()
    {
        var golden = Golden.Bytes("""
            3F 80 02 00 00 000030 ; F, data digest error, the rejected header follows
            0000000000000000
            FFFFFFFF 00000000
            00000028 00000019 00000039 ; StatSN, ExpCmdSN, MaxCmdSN
            00000006              ; DataSN
            0000000000000000
            """);
        var bytes = Golden.Dirty();
        var pdu = Pdu.Begin<Reject>(bytes);
        pdu.Reason = RejectReason.DataDigestError;
        pdu.DataSegmentLength = BasicHeaderSegment.Length;
        pdu.StatSn = new(0x28);
        pdu.ExpCmdSn = new(0x19);
        pdu.MaxCmdSn = new(0x39);
        pdu.DataSn = new(6);
        Assert.Equal(golden, bytes);

        var read = Reject.Over((ReadOnlySpan<byte>)golden);
        Assert.Equal(RejectReason.DataDigestError, read.Reason);
        Assert.Equal(BasicHeaderSegment.Length, read.DataSegmentLength);
        Assert.Equal(new StatSn(0x28), read.StatSn);
        Assert.Equal(new CmdSn(0x19), read.ExpCmdSn);
        Assert.Equal(new CmdSn(0x39), read.MaxCmdSn);
        Assert.Equal(new DataSn(6), read.DataSn);
    }
}
