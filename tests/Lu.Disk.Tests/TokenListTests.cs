using Lunette.Scsi;
using static Lunette.Lu.Disk.Tests.TokenCommands;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Parameter lists and bounds of POPULATE TOKEN and WRITE USING TOKEN.</summary>
public sealed class TokenListTests
{
    [Fact]
    public async Task PopulateToken_ListCutOrLying_Refused()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var list = CopyLists.Populate(0x02, 3600, RodType.PointInTimeChangeVulnerable, (0, 8), (8, 8));
        for (var length = 1; length < list.Length; length++)
        {
            DiskRig.Refused(
                Populate(rig, list[..length]), SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        }
        DiskRig.Good(Populate(rig, [.. list, 1, 2, 3]));
        DiskRig.Good(Populate(rig, Array.Empty<byte>()));
        (int At, byte Value, int Pointer)[] lies =
        [
            (1, 29, 0), (2, 0x06, 2), (3, 1, 3), (6, 0xFF, 4), (11, 0x02, 8), (12, 1, 12),
            (15, 0, 14), (15, 31, 14), (15, 48, 14), (28, 1, 28), (39, 7, 32),
        ];
        foreach (var (at, value, pointer) in lies)
        {
            var sense = DiskRig.SenseOf(Populate(rig, With(list, at, value)));
            Assert.Equal(AdditionalSense.InvalidFieldInParameterList, sense.Code);
            Assert.Equal((uint)pointer, sense.SenseKeySpecific & 0xFFFF);
        }
        DiskRig.Refused(Populate(rig, With(list, 16, 1)), SenseKey.IllegalRequest,
            AdditionalSense.LogicalBlockAddressOutOfRange);
        var many = CopyLists.Populate(0, 0, 0, [.. Enumerable.Range(0, 257).Select(i => ((ulong)i, 1u))]);
        DiskRig.Refused(Populate(rig, many), SenseKey.IllegalRequest, AdditionalSense.TooManySegmentDescriptors);
    }

    [Fact]
    public async Task WriteUsingToken_ListCutOrLying_RefusedAndNothingWritten()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Write(rig, 0, 8);
        var list = CopyLists.WriteUsing(Populate(rig, (0, 8)), 0, 0, (100, 4), (200, 4));
        for (var length = 1; length < list.Length; length++)
        {
            DiskRig.Refused(
                WriteUsing(rig, list[..length]), SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        }
        (int At, byte Value, int Pointer)[] lies =
            [(0, 0, 0), (2, 0x08, 2), (7, 1, 7), (530, 1, 530), (535, 1, 534), (535, 64, 534), (550, 1, 548)];
        foreach (var (at, value, pointer) in lies)
        {
            var sense = DiskRig.SenseOf(WriteUsing(rig, With(list, at, value)));
            Assert.Equal(AdditionalSense.InvalidFieldInParameterList, sense.Code);
            Assert.Equal((uint)pointer, sense.SenseKeySpecific & 0xFFFF);
        }
        Assert.Equal(new byte[4 * 512], Read(rig, 100, 4));
        DiskRig.Good(WriteUsing(rig, [.. list, 1, 2, 3]));
        DiskRig.Good(WriteUsing(rig, []));
    }

    [Fact]
    public async Task TokenCommands_Immediate_EndInTheBackground()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 16 << 20));
        var data = Write(rig, 0, 8192);
        DiskRig.Good(Populate(rig, CopyLists.Populate(0x01, 0, 0, (0, 8192))));
        var token = TokenOf(rig);
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(token, 0, 0x01, (16384, 8192))));
        rig.PumpUntil(() => StatusOf(rig).Status == CopyOperationStatus.Completed);
        Assert.Equal(data, Read(rig, 16384, 8192));
    }

    [Fact]
    public async Task WriteUsingToken_WriteProtectedOrReserved_Refused()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options() with { WriteProtected = true });
        var list = CopyLists.WriteUsing(CopyLists.ZeroToken(), 0, 0, (0, 8));
        DiskRig.Refused(WriteUsing(rig, list), SenseKey.DataProtect, AdditionalSense.WriteProtected);
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.Reserve6), host: rig.Login()));
        Assert.Equal(ScsiStatus.ReservationConflict, WriteUsing(rig, list).Status);
        Assert.Equal(
            ScsiStatus.ReservationConflict, Populate(rig, CopyLists.Populate(0, 0, 0, (0, 8))).Status);
    }

    [Fact]
    public async Task PopulateToken_MoreThanThereMayBe_InsufficientResources()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        for (var round = 0; round < 3; round++)
        {
            DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 1), new byte[512]));
            for (var i = 0; i < 256; i++) Populate(rig, (0, 1));
        }
        DiskRig.Refused(Populate(rig, CopyLists.Populate(0, 0, 0, (0, 1))), SenseKey.IllegalRequest,
            AdditionalSense.InsufficientResourcesToCreateRodToken);
        var all = rig.Read(CopyLists.Ask(PrimaryCommands.ReportAllRodTokens, 0, 1 << 15), 1 << 15);
        Assert.Equal(8 + (256 * 96), all.Length);
    }
}
