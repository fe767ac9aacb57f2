using System.Buffers.Binary;
using Lunette.Backing.Filters;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using static Lunette.Lu.Disk.Tests.TokenCommands;

namespace Lunette.Lu.Disk.Tests;

/// <summary>POPULATE TOKEN, WRITE USING TOKEN, RECEIVE ROD TOKEN INFORMATION, REPORT ALL ROD TOKENS.</summary>
public sealed class TokenTests
{
    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task WriteUsingToken_SeveralRangesBothWays_DataInOrder(string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 8 << 20), kind);
        var data = Write(rig, 0, 64);
        var token = Populate(rig, (4, 3), (20, 0), (40, 9));
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(token, 1, 0, (1000, 2), (2000, 9))));
        byte[] expected = [.. data[(4 * 512)..(7 * 512)], .. data[(40 * 512)..(49 * 512)]];
        Assert.Equal(expected[512..(3 * 512)], Read(rig, 1000, 2));
        Assert.Equal(expected[(3 * 512)..], Read(rig, 2000, 9));
        Assert.Equal((CopyOperationStatus.Completed, 11ul), StatusOf(rig));
    }

    [Fact]
    public async Task ReceiveRodTokenInformation_AfterPopulateToken_GoldenBytes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options() with { Entropy = new CountingEntropy() });
        Write(rig, 0, 16);
        var ask = CopyLists.Ask(PrimaryCommands.ReceiveRodTokenInformation, ListId);
        DiskRig.Refused(rig.Run(ask), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        var list = CopyLists.Populate(0, 0, 0, (0, 16));
        DiskRig.Good(rig.Run(CopyLists.Request(PrimaryCommands.PopulateToken, list, ListId)));
        byte[] expected =
        [
            0, 0, 2, 0x22,                  // AVAILABLE DATA
            0x10,                           // RESPONSE TO SERVICE ACTION: POPULATE TOKEN
            0x01,                           // COPY OPERATION STATUS: completed
            0, 1,                           // OPERATION COUNTER
            0xFF, 0xFF, 0xFF, 0xFF,         // ESTIMATED STATUS UPDATE DELAY: none
            0, 0, 0,                        // completion status, sense data field and length
            0xF1,                           // TRANSFER COUNT UNITS: logical blocks
            0, 0, 0, 0, 0, 0, 0, 16,        // TRANSFER COUNT
            0, 1,                           // SEGMENTS PROCESSED
            0, 0, 0, 0, 0, 0,
            0, 0, 2, 2,                     // ROD TOKEN DESCRIPTORS LENGTH
            0, 0,
            0x00, 0x80, 0x00, 0x01,         // ROD TYPE: point in time copy, change vulnerable
            0, 0, 0x01, 0xF8,               // ROD TOKEN LENGTH
            0, 0, 0, 0, 0, 0, 0, 1,         // COPY MANAGER ROD TOKEN IDENTIFIER
            0xE4, 0, 0, 0, 1, 3, 0, 16,     // CREATOR LOGICAL UNIT DESCRIPTOR
            0x60, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0,
            .. new byte[8], 0, 0, 0, 0, 0, 0, 0x20, 0,      // NUMBER OF BYTES REPRESENTED
            .. new byte[32],
            0, 0, 2, 0, 0, 3, 0xC0, 0,      // LOGICAL BLOCK LENGTH, LBPPBE, LBPME, LBPRZ
            .. new byte[16 + 40],
            .. Enumerable.Range(0, 352).Select(i => (byte)i),
        ];
        var information = rig.Read(ask, 1024);
        Assert.Equal(expected, information);
        byte[] all = [0, 0, 0, 100, 0, 0, 0, 0, .. information[38..(38 + 96)]];
        Assert.Equal(all, rig.Read(CopyLists.Ask(PrimaryCommands.ReportAllRodTokens, 0), 1024));
    }

    [Fact]
    public async Task WriteUsingToken_OffsetAndLengths_PartialAndRefused()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var data = Write(rig, 0, 16);
        var token = Populate(rig, (0, 16));
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(token, 10, 0, (100, 8))));
        Assert.Equal((CopyOperationStatus.CompletedPartially, 6ul), StatusOf(rig));
        Assert.Equal([.. data[(10 * 512)..], .. new byte[1024]], Read(rig, 100, 8));
        var past = WriteUsing(rig, CopyLists.WriteUsing(token, 16, 0, (100, 8)));
        Assert.Equal(8u, DiskRig.SenseOf(past).SenseKeySpecific & 0xFFFF);
        var farPast = WriteUsing(rig, CopyLists.WriteUsing(token, ulong.MaxValue, 0, (100, 8)));
        Assert.Equal(8u, DiskRig.SenseOf(farPast).SenseKeySpecific & 0xFFFF);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteUsingToken_BlockDeviceZero_ZerosWithoutToken(bool thin)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin));
        var data = Write(rig, 0, 64);
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(CopyLists.ZeroToken(), 0, 0, (2, 4), (60, 2))));
        Array.Clear(data, 2 * 512, 4 * 512);
        Array.Clear(data, 60 * 512, 2 * 512);
        Assert.Equal(data, Read(rig, 0, 64));
        Assert.Equal((CopyOperationStatus.Completed, 6ul), StatusOf(rig));
    }

    public static TheoryData<string> Changes =>
        ["write", "writesame", "unmap", "copy", "compare", "scattered", "format"];

    // A point in time copy that is change vulnerable: any change of a block it stands for ends it, no other does.
    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Token_BlockChanged_Revoked(string change)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Write(rig, 0, 64);
        var touched = Populate(rig, (0, 8), (16, 8));
        var beside = Populate(rig, (8, 8), (24, 8));
        Change(rig, change, lba: 23);
        DiskRig.Refused(WriteUsing(rig, CopyLists.WriteUsing(touched, 0, 0, (100, 8))),
            SenseKey.IllegalRequest, AdditionalSense.InvalidTokenOperationTokenRevoked);
        var other = WriteUsing(rig, CopyLists.WriteUsing(beside, 0, 0, (100, 8)));
        if (change == "format") Assert.False(other.IsGood);
        else DiskRig.Good(other);
    }

    [Fact]
    public async Task WriteUsingToken_TokenNotGood_ExactCode()
    {
        var clock = new SteppedTime();
        var options = DiskRig.Options();
        await using var rig = await DiskRig.StartAsync(
            options with { Unit = options.Unit with { Time = clock } });
        Write(rig, 0, 64);
        var token = Populate(rig, (0, 8));
        Refused(With(token, 3, 0x02), AdditionalSense.InvalidTokenOperationUnsupportedTokenType);
        Refused(With(token, 7, 0xF7), AdditionalSense.InvalidTokenOperationInvalidTokenLength);
        Refused(With(token, 15, 0x77), AdditionalSense.InvalidTokenOperationTokenUnknown);
        Refused(With(token, 511, (byte)~token[511]), AdditionalSense.InvalidTokenOperationTokenCorrupt);
        Refused(With(token, 30, 0x77), AdditionalSense.InvalidTokenOperationTokenUnknown);
        // Used, it lives on; unused for longer than said, it does not.
        clock.Advance(TimeSpan.FromSeconds(100));
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(token, 0, 0, (100, 8))));
        clock.Advance(TimeSpan.FromSeconds(100));
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(token, 0, 0, (100, 8))));
        clock.Advance(TimeSpan.FromSeconds(121));
        Refused(token, AdditionalSense.InvalidTokenOperationTokenExpired);
        token = Populate(rig, (0, 8));
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(token, 0, 0x02, (100, 8))));      // DEL_TKN
        Refused(token, AdditionalSense.InvalidTokenOperationTokenDeleted);

        void Refused(byte[] bad, AdditionalSense code) => DiskRig.Refused(
            WriteUsing(rig, CopyLists.WriteUsing(bad, 0, 0, (100, 8))), SenseKey.IllegalRequest, code);
    }

    // Other block lengths; and a token is nobody's who does not see the disk that made it.
    [Fact]
    public async Task WriteUsingToken_OnAnotherDisk_OnlyWhileTheNexusSeesTheSource()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var options = DiskRig.Options(block: 4096) with
        {
            Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 2), Alias = "disk1" },
        };
        var other = new DiskUnit(options, () => new(new RamStore(options.LengthBytes), null));
        await rig.Target.AddAsync(Lun.FromNumber(1), other);
        rig.Run(new ScsiRequest(new byte[6]));
        rig.Run(new ScsiRequest(new byte[6]) { Lun = Lun.FromNumber(1) });
        var data = Write(rig, 0, 32);
        var token = Populate(rig, (0, 32));
        DiskRig.Good(rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Write16, 9, 1))
        {
            Lun = Lun.FromNumber(1),
            DataOut = Enumerable.Repeat((byte)7, 4096).ToArray(),
        }));
        var write = OnTheOther(CopyLists.WriteUsing(token, 1, 0, (7, 2)));
        DiskRig.Good(rig.Run(write));
        var read = new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 7, 2))
        {
            Lun = Lun.FromNumber(1),
            DataIn = new byte[8192],
        };
        DiskRig.Good(rig.Run(read));
        Assert.Equal(data[4096..(3 * 4096)], read.DataIn.ToArray());
        // A block that is made of two ranges, the second of which goes on in the next, and one that the token ends in.
        var uneven = Populate(rig, (0, 5), (16, 11), (6, 2));
        DiskRig.Good(rig.Run(OnTheOther(CopyLists.WriteUsing(uneven, 0, 0, (7, 3)))));
        DiskRig.Good(rig.Run(read));
        Assert.Equal([.. data[..(5 * 512)], .. data[(16 * 512)..(27 * 512)]], read.DataIn.ToArray());
        var last = read with { Cdb = Cdb.Blocks(BlockCommands.Read16, 9, 1), DataIn = new byte[4096] };
        DiskRig.Good(rig.Run(last));
        Assert.Equal([.. data[(6 * 512)..(8 * 512)], .. new byte[3072]], last.DataIn.ToArray());

        rig.Target.Remove(Lun.FromNumber(0));
        rig.Run(new ScsiRequest(new byte[6]) { Lun = Lun.FromNumber(1) });
        DiskRig.Refused(rig.Run(write), SenseKey.IllegalRequest, AdditionalSense.InvalidTokenOperationTokenUnknown);
        rig.Target.Remove(Lun.FromNumber(1));
        Assert.True((await other.OfflineAsync(CancellationToken.None)).Succeeded);

        static ScsiRequest OnTheOther(byte[] list)
        {
            var request = CopyLists.Request(PrimaryCommands.WriteUsingToken, list, ListId);
            return request with { Lun = Lun.FromNumber(1) };
        }
    }

    // What a write before it has in the store is in the data; what comes later ends the token.
    [Fact]
    public async Task PopulateToken_WriteInTheStore_WaitsForIt()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == Backing.StoreOperation.Write))!;
        byte[] ones = [.. Enumerable.Repeat((byte)1, 512)];
        var write = rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.Write10, 4, 1)) { DataOut = ones });
        var populate = rig.Start(CopyLists.Request(
            PrimaryCommands.PopulateToken, CopyLists.Populate(0, 0, 0, (0, 8)), ListId));
        DiskRig.Good(rig.Run(new ScsiRequest(new byte[6])));
        Assert.False(populate.HasEnded);
        hang.Release();
        DiskRig.Good(rig.Finish(write));
        DiskRig.Good(rig.Finish(populate));
        DiskRig.Good(WriteUsing(rig, CopyLists.WriteUsing(TokenOf(rig), 0, 0, (100, 8))));
        Assert.Equal(ones, Read(rig, 104, 1));
        await rig.Disk.OpenStore!.PopAsync();
    }

    [Fact]
    public async Task WriteUsingToken_SourceChangesBetweenReadAndWrite_RevokedAndNothingWritten()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Write(rig, 0, 8);
        var token = Populate(rig, (0, 8));
        // No store copies through a filter that hangs reads; it is a read that is held.
        rig.Disk.OpenStore!.Push(s => new NoCopyFilter(s));
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == Backing.StoreOperation.Read))!;
        var copy = rig.Start(CopyLists.Request(
            PrimaryCommands.WriteUsingToken, CopyLists.WriteUsing(token, 0, 0, (100, 8)), ListId));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 1), new byte[512]));
        hang.Release();
        DiskRig.Refused(
            rig.Finish(copy), SenseKey.IllegalRequest, AdditionalSense.InvalidTokenOperationTokenRevoked);
        Assert.Equal(new byte[8 * 512], Read(rig, 100, 8));
    }

    private static void Change(DiskRig rig, string how, ulong lba)
    {
        var block = new byte[512];
        block[0] = 1;
        DiskRig.Good(how switch
        {
            "write" => rig.Run(Cdb.Blocks(BlockCommands.Write16, lba, 1), block),
            "writesame" => rig.Run(Cdb.Blocks(BlockCommands.WriteSame16, lba, 1), block),
            "unmap" => rig.Run(Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 24ul)),
                [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)lba, 0, 0, 0, 1, 0, 0, 0, 0]),
            "copy" => rig.Run(CopyLists.Request(PrimaryCommands.ExtendedCopyLid4,
                CopyLists.Lid4(rig.Disk, rig.Disk, 1, 50, lba, 1))),
            "compare" => rig.Run(Cdb.Blocks(BlockCommands.CompareAndWrite, lba, 1), [.. Read(rig, lba, 1), .. block]),
            "scattered" => rig.Run(Cdb.Of(BlockCommands.WriteScattered16, ("LOGICAL BLOCK DATA OFFSET", 1ul),
                ("NUMBER OF LBA RANGE DESCRIPTORS", 1ul), ("BUFFER TRANSFER LENGTH", 2ul)), Scattered(lba, block)),
            _ => rig.Run(Cdb.Of(BlockCommands.FormatUnit)),
        });
    }

    private static byte[] Scattered(ulong lba, byte[] block)
    {
        var list = new byte[512];
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(32), lba);
        BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(40), 1);
        return [.. list, .. block];
    }

    private sealed class CountingEntropy : Runtime.IEntropy
    {
        public void Fill(Span<byte> destination)
        {
            for (var i = 0; i < destination.Length; i++) destination[i] = (byte)i;
        }
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }

    private sealed class NoCopyFilter(Backing.BackingStore beneath) : StoreFilter(beneath)
    {
        public override string Name => "no copy";

        public override Backing.StoreFeatures Features => Beneath.Features & ~Backing.StoreFeatures.CopyRange;
    }
}
