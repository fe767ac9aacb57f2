using Lunette.Adapter.Arguments;
using Lunette.Adapter.Disks;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Events;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.TargetMode;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Tests;

/// <summary>
/// Numbers that programs were compiled with, as AIX 5.3's headers have them. Each list is whole: a number that is new
/// in the product is to be looked up and written here as well.
/// </summary>
public class HeaderFactsTests
{
    [Fact]
    public void OperationNumbers() => AssertConstants(typeof(IoctlNumber), """
        IOCINFO 65281
        SCIOSTART 999 SCIOSTOP 998 SCIOHALT 997 SCIOINQU 996 SCIORESET 995 SCIODIAG 994 SCIOTRAM 993 SCIODNLD 992
        SCIOSTUNIT 991 SCIOTUR 990 SCIOREAD 989 SCIOEVENT 988 SCIOSTARTTGT 987 SCIOSTOPTGT 986 SCIOGTHW 985
        SCIOLUNRST 984 SCIOCMD 983
        SCIOLSTART 899 SCIOLSTOP 898 SCIOLINQU 897 SCIOLSTUNIT 896 SCIOLTUR 895 SCIOLREAD 894 SCIOLEVENT 893
        SCIOLCMD 892 SCIOLHALT 891 SCIOLRESET 890 SCIOLNMSRV 889 SCIOLQWWN 888 SCIOLPAYLD 887 SCIOLPASSTHRUHBA 886
        SCIOLCHBA 885 SCIOLAUTHSET 884 SCIOLAUTHCLR 883 SCIOLSTARTTGT 882 SCIOLSTOPTGT 881 SCIOLADAPEVENTLOG 880
        """);

    [Fact]
    public void DiskOperationNumbers() => AssertConstants(typeof(DiskIoctlNumber), """
        DKIORDSE 1 DKIOWRSE 2 DKIOCMD 3 DKEJECT 4 DKPMR 5 DKAMR 6 DKFORMAT 7 DKAUDIO 8 DK_CD_MODE 9
        DKIOLRDSE 16 DKIOLWRSE 17 DKIOLCMD 18 DKIOCMD16 19 DKUCFG_STOPU 20 DK_PASSTHRU 23 DK_RWBUFFER 24
        DKPRES_READKEYS 25 DKPRES_READRES 26 DKPRES_CLEAR 27 DKPRES_PREEMPT 28 DKPRES_PREEMPT_ABORT 29
        DKPRES_REGISTER 30 DKIORDSE16 31 DKIOWRSE16 32 DKPATHFORCE 48 DKPATHIOCMD 49 DKPATHIOLCMD 50
        DKPATHPASSTHRU 51 DKPATHRWBUFFER 52 DKPCMPASSTHRU 53 DKLOGSENSE 54 DKLOGSELECT 55
        """);

    [Fact]
    public void ErrorNumbers() => AssertEnum<Errno>("""
        None 0 EPERM 1 EIO 5 ENXIO 6 ENOMEM 12 EACCES 13 EFAULT 14 EBUSY 16 ENODEV 19 EINVAL 22 EMFILE 24 ENOMSG 35
        ENOTREADY 46 EWRPROTECT 47 EFORMAT 48 ENOCONNECT 50 ESTALE 52 EINPROGRESS 55 ETIMEDOUT 78 EMEDIA 110 ESOFT 111
        """);

    [Fact]
    public void TransactionNumbers()
    {
        AssertEnum<TransactionFlags>("""
            None 0 Resume 1 DelayCommand 2 QueueClear 4 QueueResume 8 ClearAca 16 TargetReset 32 DeviceRestart 64
            LunReset 128
            """);
        AssertEnum<CommandFlags>("None 0 Async 8 NoDisconnect 128");
        AssertEnum<QueueTag>("None 0 Simple 1 HeadOfQueue 2 Ordered 3 Aca 4");
        AssertEnum<StatusValidity>("None 0 Scsi 1 Adapter 2 Sense 4");
        AssertEnum<AdapterQueueStatus>("Cleared 0 DidNotClear 1");
        AssertEnum<BufFlags>("Write 0 Read 1 Done 2 Error 4");
    }

    [Fact]
    public void AdapterStatuses_AreOrdinalsInOneFamilyAndBitsInTheOther()
    {
        AssertEnum<AdapterStatus>("""
            None 0 HostIoBusError 1 TransportFault 2 CommandTimeout 3 NoDeviceResponse 4 AdapterHardwareFailure 5
            AdapterSoftwareFailure 6 WorldWideNameChange 7 FuseOrTerminalPower 8 TransportReset 9 TransportBusy 10
            TransportDead 11 VerifyDevice 12 TransportMigrated 13 ErrorNoRetry 14 ErrorDelayLog 15
            """);
        AssertEnum<GeneralCardStatus>("""
            None 0 HostIoBusError 1 ScsiBusFault 2 CommandTimeout 4 NoDeviceResponse 8 ErrorNoRetry 14 ErrorDelayLog 15
            AdapterHardwareFailure 16 AdapterSoftwareFailure 32 FuseOrTerminalPower 64 ScsiBusReset 128
            """);
        Assert.Equal(
            [0, 1, 2, 4, 8, 16, 32, 8, 64, 128, 2, 2, 128, 128, 14, 15],
            Enum.GetValues<AdapterStatus>().Order().Select(status => (int)status.ToGeneralCardStatus()));
    }

    [Fact]
    public void InvalidArgumentCodes() => AssertEnum<EinvalArgument>("""
        None 0 Version 1 Tag 9 Flags 10 DeviceFlags 11 QueueFlags 12 CommandLength 13 AutosenseLength 15 ScsiCdb 16
        TimeoutValue 17 DataLength 18 ScsiId 19 LunId 20 Buffer 21 AutosenseBuffer 22 VariableCdbLength 23
        VariableCdb 24
        """);

    [Fact]
    public void OpenEventAndTargetModeNumbers()
    {
        AssertEnum<OpenExtension>("""
            None 0 Diagnostic 1 RetainReservation 2 ForcedOpen 4 NoReserve 8 Single 32 ForcedOpenLun 64
            PrSharedRegister 128
            """);
        AssertEnum<AdapterEvents>("""
            None 0 FatalHardwareError 1 AdapterCommandFailed 2 ResetEvent 4 BuffersExhausted 8
            """);
        AssertEnum<SessionMode>("Initiator 0 Target 1");
        AssertEnum<TargetModeFlags>("None 0 HasData 4 MoreData 8 Error 32768");
        AssertEnum<WriteBufferFlags>("None 0 StopStart 1 NextBufferId 2 NextOffset 4");
        AssertEnum<DiskInfoFlags>("None 0 LargeDisk 16 Valid 32");
        AssertEnum<AdapterKind>("Parallel 83 FibreChannel 70 Iscsi 97 Sas 55 Sata 56 VirtualClient 68");
    }

    [Fact]
    public void SciolstFlags() => Assert.Equal(
        (0x01, 0x02, 0x20, 0x01, 0x10, 0x20, 0x01),
        (ScsiSciolst.IssueLogin, ScsiSciolst.Forced, ScsiSciolst.LunReset, ScsiSciolst.WorldWideNameValid,
            ScsiSciolst.DeviceStarted, ScsiSciolst.IdReturned, ScsiNameServer.ListShort));

    [Fact]
    public void ErrorIdentifiers()
    {
        var identifiers = new Dictionary<string, uint>
        {
            ["SCSI_ERR1"] = 0x0502F666,
            ["SCSI_ERR2"] = 0xC14C511C,
            ["SCSI_ERR3"] = 0x5CC986A0,
            ["SCSI_ERR4"] = 0x13881423,
            ["SCSI_ERR6"] = 0x52DB7218,
            ["SCSI_ERR7"] = 0xFEC31570,
            ["SCSI_ERR8"] = 0xB18287F3,
            ["SCSI_ERR10"] = 0x0BA49C99,
            ["DISK_ERR1"] = 0x425BDD47,
            ["DISK_ERR2"] = 0x16F35C72,
            ["DISK_ERR3"] = 0x8647C4E2,
            ["DISK_ERR4"] = 0x49A83216,
            ["DISK_ERR5"] = 0xFEFD41FF,
            ["DISK_ERR6"] = 0x080784A7,
            ["TAPE_ERR1"] = 0x4865FA9B,
            ["TAPE_ERR2"] = 0x476B351D,
            ["TAPE_ERR3"] = 0x22006523,
            ["TAPE_ERR4"] = 0x5537AC5F,
            ["TAPE_ERR5"] = 0xFFE2F73A,
            ["TAPE_ERR6"] = 0xB617E928,
            ["TMSCSI_READ_ERR"] = 0x868921F2,
            ["TMSCSI_CMD_ERR"] = 0xEE18DF01,
            ["TMSCSI_UNRECVRD_ERR"] = 0xFBF0BFC1,
            ["TMSCSI_RECVRD_ERR"] = 0x98F39A90,
            ["TMSCSI_UNKN_SFW_ERR"] = 0x72CBC436,
        };
        Assert.Equal(identifiers.OrderBy(pair => pair.Key, StringComparer.Ordinal),
            Enum.GetValues<ErrorLabel>().ToDictionary(label => label.ToString(), label => (uint)label)
                .OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(Enum.GetValues<ErrorLabel>().Order(), ErrorTemplate.All.Select(row => row.Label).Order());
    }

    private static void AssertEnum<T>(string facts) where T : struct, Enum => Assert.Equal(Read(facts),
        Enum.GetNames<T>().ToDictionary(name => name, name => Convert.ToInt64(Enum.Parse<T>(name),
            System.Globalization.CultureInfo.InvariantCulture)).OrderBy(pair => pair.Key, StringComparer.Ordinal));

    private static void AssertConstants(Type holder, string facts) => Assert.Equal(Read(facts),
        holder.GetFields().ToDictionary(field => field.Name, field => (long)(int)field.GetRawConstantValue()!)
            .OrderBy(pair => pair.Key, StringComparer.Ordinal));

    private static IEnumerable<KeyValuePair<string, long>> Read(string facts) => facts
        .Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Chunk(2)
        .Select(pair => KeyValuePair.Create(
            pair[0], long.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture)))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal);
}
