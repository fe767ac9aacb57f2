using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>EXTENDED COPY (LID4), what tells of copies, and COPY OPERATION ABORT.</summary>
public sealed class ExtendedCopyLid4Tests
{
    private const uint ListId = 0x01020304;

    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task ExtendedCopyLid4_WithinADisk_BlocksAreThere(string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 64 << 20), kind);
        var data = Pattern(30_000 * 512);
        Write(rig, 5, data);
        DiskRig.Good(Copy(rig, CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 5, 60_001, 30_000)));
        Assert.Equal(data, Read(rig, 60_001, 30_000));
    }

    // Source and destination share blocks: no store copies that by itself.
    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task ExtendedCopyLid4_OverlappingWithinAStep_WhatWasThereBefore(string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 4 << 20), kind);
        var data = Pattern(1000 * 512);
        Write(rig, 0, data);
        DiskRig.Good(Copy(rig, CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 100, 1000)));
        Assert.Equal(data, Read(rig, 100, 1000));
    }

    [Fact]
    public async Task ExtendedCopyLid4_OwnUnitByDescriptorIdentifier_Copied()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var data = Pattern(4096);
        Write(rig, 0, data);
        var list = CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 64, 8)[..(CopyLists.HeaderLid4 + 28)];
        list[43] = 0;
        CopyLists.WriteSegment(list.AsSpan(CopyLists.HeaderLid4), 0xFFFF, 0xFFFF, 0, 64, 8);
        DiskRig.Good(Copy(rig, list));
        Assert.Equal(data, Read(rig, 64, 8));
    }

    [Fact]
    public async Task ReceiveCopyStatusLid4_AfterACopy_GoldenBytes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var ask = CopyLists.Ask(PrimaryCommands.ReceiveCopyStatusLid4, ListId);
        DiskRig.Refused(rig.Run(ask), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        DiskRig.Good(Copy(rig, CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 100, 8)));
        byte[] expected =
        [
            0, 0, 0, 28,                    // AVAILABLE DATA
            0x01,                           // RESPONSE TO SERVICE ACTION: EXTENDED COPY (LID4)
            0x01,                           // COPY OPERATION STATUS: completed
            0, 1,                           // OPERATION COUNTER
            0xFF, 0xFF, 0xFF, 0xFF,         // ESTIMATED STATUS UPDATE DELAY: none
            0, 0, 0,                        // completion status, sense data field and length
            0,                              // TRANSFER COUNT UNITS: bytes
            0, 0, 0, 0, 0, 0, 0x10, 0,      // TRANSFER COUNT
            0, 1,                           // SEGMENTS PROCESSED
            0, 0, 0, 0, 0, 0,
        ];
        Assert.Equal(expected, rig.Read(ask, 1024));
        byte[] held = [.. expected, 0, 0, 0, 0];
        held[3] = 32;
        Assert.Equal(held, rig.Read(CopyLists.Ask(PrimaryCommands.ReceiveCopyDataLid4, ListId), 1024));
        // Other nexuses have identifiers of their own.
        DiskRig.Refused(rig.Run(ask, host: rig.Login()), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
    }

    [Fact]
    public async Task ReceiveCopyStatusLid4_AfterAFailedCopy_ItsSense()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var failed = Copy(rig, CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 2041, 8));
        DiskRig.Refused(failed, SenseKey.CopyAborted, AdditionalSense.NoAdditionalSenseInformation);
        var status = rig.Read(CopyLists.Ask(PrimaryCommands.ReceiveCopyStatusLid4, ListId), 1024);
        Assert.Equal(0x02, status[5]);
        Assert.Equal((byte)ScsiStatus.CheckCondition, status[12]);
        Assert.Equal(failed.SenseData.ToArray(), status.AsSpan(32, status[14]).ToArray());
    }

    [Fact]
    public async Task ReceiveCopyFailureDetails_OfLid1_SenseWhereItFailedAndNothingWhereNot()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var ask = CopyLists.Ask(PrimaryCommands.ReceiveCopyFailureDetailsLid1, 7);
        DiskRig.Refused(rig.Run(ask), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        var failed = CopyLid1(rig, 2041);
        DiskRig.Refused(failed, SenseKey.CopyAborted, AdditionalSense.NoAdditionalSenseInformation);
        var details = rig.Read(ask, 1024);
        Assert.Equal((uint)details.Length - 4, BinaryPrimitives.ReadUInt32BigEndian(details));
        Assert.Equal((byte)ScsiStatus.CheckCondition, details[56]);
        Assert.Equal(failed.SenseData.ToArray(), details.AsSpan(60, details[59]).ToArray());
        DiskRig.Good(CopyLid1(rig, 100));
        Assert.Equal(new byte[4], rig.Read(ask, 1024));
        Assert.Equal(new byte[4], rig.Read(CopyLists.Ask(PrimaryCommands.ReceiveCopyDataLid1, 7), 1024));
    }

    [Fact]
    public async Task ExtendedCopyLid4_WantsSense_GoodWithInformationAvailable()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = Copy(rig, CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 100, 8, flags: 0x02));
        Assert.Equal(ScsiStatus.Good, result.Status);
        var sense = DiskRig.SenseOf(result);
        Assert.Equal((SenseKey.Completed, AdditionalSense.ExtendedCopyInformationAvailable), (sense.Key, sense.Code));
    }

    [Fact]
    public async Task ExtendedCopyLid4_Immediate_EndsInTheBackground()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 32 << 20));
        var data = Pattern(20_000 * 512);
        Write(rig, 0, data);
        DiskRig.Good(Copy(rig, CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 30_000, 20_000, flags: 0x01)));
        Assert.Equal(CopyOperationStatus.Completed, Await(rig));
        Assert.Equal(data, Read(rig, 30_000, 20_000));
    }

    // It waits for a store that hangs.
    [Fact]
    public async Task CopyOperationAbort_InTheBackground_EndsWhenTheCopyHas()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 32 << 20));
        var held = rig.Disk.OpenStore!.Push(beneath => new Backing.Filters.HangFilter(beneath))!;
        var list = CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 30_000, 20_000, flags: 0x01);
        DiskRig.Good(Copy(rig, list));
        Assert.Equal(CopyOperationStatus.InBackground, Status(rig));
        DiskRig.Refused(Copy(rig, list), SenseKey.IllegalRequest, AdditionalSense.OperationInProgress);
        DiskRig.Good(rig.Run(new ScsiRequest(new byte[6])));
        var abort = rig.Start(new ScsiRequest(
            Cdb.Of(PrimaryCommands.CopyOperationAbort, ("LIST IDENTIFIER", ListId))));
        Assert.False(abort.HasEnded);
        held.Release();
        DiskRig.Good(rig.Finish(abort));
        Assert.Equal(CopyOperationStatus.Terminated, Status(rig));
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.CopyOperationAbort, ("LIST IDENTIFIER", ListId))));
        await rig.Disk.OpenStore!.PopAsync();
    }

    [Fact]
    public async Task LogicalUnitReset_CopyInTheBackground_Terminated()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 32 << 20));
        var held = rig.Disk.OpenStore!.Push(beneath => new Backing.Filters.HangFilter(beneath))!;
        DiskRig.Good(Copy(rig, CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 30_000, 20_000, flags: 0x01)));
        var reset = rig.Host.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        Assert.False(reset.IsCompleted);
        held.Release();
        rig.PumpUntil(() => reset.IsCompleted);
        rig.Run(new ScsiRequest(new byte[6]));          // takes the attention
        Assert.Equal(CopyOperationStatus.Terminated, Status(rig));
        await rig.Disk.OpenStore!.PopAsync();
    }

    // Each byte cut off, and each count that lies: refused, and the disk untouched.
    [Fact]
    public async Task ExtendedCopyLid4_ListCutOrLying_Refused()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Write(rig, 0, Pattern(4096));
        var list = CopyLists.Lid4(rig.Disk, rig.Disk, ListId, 0, 100, 8);
        for (var length = 1; length < list.Length; length++)
        {
            DiskRig.Refused(
                Copy(rig, list[..length]), SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        }
        Refused(0, 0x02, at: 0);
        Refused(1, 0x08, at: 1);
        Refused(3, 0x21, at: 2);
        Refused(4, 0x01, at: 4);
        Refused(15, 0x04, at: 15);
        Refused(16, 0xFE, at: 16);
        Refused(30, 0x80, at: 30);
        Refused(49, 0x01, at: 49);
        Refused(CopyLists.HeaderLid4 + 7, 21, at: CopyLists.HeaderLid4 + 7);
        Refused(CopyLists.HeaderLid4 + 64 + 3, 23, at: CopyLists.HeaderLid4 + 64 + 2);
        RefusedAs(42, 0x03, AdditionalSense.ParameterListLengthError);
        RefusedAs(45, 29, AdditionalSense.ParameterListLengthError);
        RefusedAs(47, 1, AdditionalSense.InlineDataLengthExceeded);
        RefusedAs(48, 0xE0, AdditionalSense.UnsupportedTargetDescriptorTypeCode);
        RefusedAs(CopyLists.HeaderLid4 + 64, 0x03, AdditionalSense.UnsupportedSegmentDescriptorTypeCode);
        Assert.Equal(new byte[4096], Read(rig, 100, 8));
        // What is behind the list is nobody's.
        DiskRig.Good(Copy(rig, [.. list, 1, 2, 3]));
        DiskRig.Good(Copy(rig, []));

        void Refused(int index, byte value, int at) =>
            Assert.Equal((uint)at, DiskRig.SenseOf(Changed(index, value)).SenseKeySpecific & 0xFFFF);

        void RefusedAs(int index, byte value, AdditionalSense code) =>
            DiskRig.Refused(Changed(index, value), SenseKey.IllegalRequest, code);

        ScsiResult Changed(int index, byte value)
        {
            var changed = (byte[])list.Clone();
            changed[index] = value;
            return Copy(rig, changed);
        }
    }

    private static CopyOperationStatus Status(DiskRig rig) =>
        (CopyOperationStatus)rig.Read(CopyLists.Ask(PrimaryCommands.ReceiveCopyStatusLid4, ListId), 1024)[5];

    private static CopyOperationStatus Await(DiskRig rig)
    {
        for (var tries = 0; tries < 1_000_000; tries++)
            if (Status(rig) is not (CopyOperationStatus.InBackground or CopyOperationStatus.InForeground) and var ended)
                return ended;
        return Status(rig);
    }

    private static ScsiResult Copy(DiskRig rig, byte[] list) =>
        rig.Run(CopyLists.Request(PrimaryCommands.ExtendedCopyLid4, list));

    private static ScsiResult CopyLid1(DiskRig rig, ulong destination)
    {
        var list = new byte[16 + 28];
        list[0] = 7;
        list[11] = 28;
        CopyLists.WriteSegment(list.AsSpan(16), 0xFFFF, 0xFFFF, 0, destination, 8);
        return rig.Run(CopyLists.Request(PrimaryCommands.ExtendedCopyLid1, list));
    }

    private static byte[] Pattern(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }

    private static void Write(DiskRig rig, ulong lba, byte[] data)
    {
        for (var at = 0; at < data.Length; at += 4 << 20)
        {
            var piece = data[at..Math.Min(data.Length, at + (4 << 20))];
            DiskRig.Good(rig.Run(
                Cdb.Blocks(BlockCommands.Write16, lba + ((ulong)at / 512), (ulong)piece.Length / 512), piece));
        }
    }

    private static byte[] Read(DiskRig rig, ulong lba, int blocks)
    {
        var data = new List<byte>();
        for (var at = 0; at < blocks; at += 8192)
        {
            var take = Math.Min(8192, blocks - at);
            data.AddRange(rig.Read(Cdb.Blocks(BlockCommands.Read16, lba + (ulong)at, (ulong)take), take * 512));
        }
        return [.. data];
    }
}
