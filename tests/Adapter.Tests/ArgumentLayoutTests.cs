using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;

namespace Lunette.Adapter.Tests;

/// <summary>The argument structures against the offsets and sizes computed from AIX 5.3's headers.</summary>
public class ArgumentLayoutTests
{
    public static TheoryData<string, int, int> Sizes => new()
    {
        { "sc_inquiry", 16, 24 },
        { "sc_readblk", 24, 32 },
        { "sc_startunit", 16, 16 },
        { "sc_ready", 12, 12 },
        { "sc_download", 20, 24 },
        { "sc_passthru", 152, 168 },
        { "scsi_inquiry", 64, 72 },
        { "scsi_readblk", 80, 88 },
        { "scsi_startunit", 56, 56 },
        { "scsi_ready", 48, 56 },
        { "scsi_nmserv", 24, 32 },
        { "scsi_qry_wwn", 24, 24 },
        { "scsi_iocmd", 104, 128 },
        { "sc_iocmd", 36, 48 },
    };

    // Of the adapter's operations, and of the head driver's where they take a structure as programs lay it out.
    private static readonly IArgumentLayout[] s_layouts =
    [
        .. AdapterOperation.All.Select(operation => operation.Layout).OfType<IArgumentLayout>(),
        ScIocmd.Layout, ScIocmd.Layout16,
    ];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Size_IsTheHeaders(string name, int bits32, int bits64)
    {
        var layout = Find(name);
        Assert.Equal((bits32, bits64), (layout.SizeFor(CallerAbi.Aix32), layout.SizeFor(CallerAbi.Aix64)));
    }

    [Theory]
    [InlineData("sc_inquiry", "code_page_num", 8, 16)]
    [InlineData("sc_inquiry", "flags", 11, 19)]
    [InlineData("sc_readblk", "data_ptr", 12, 16)]
    [InlineData("sc_readblk", "flags", 19, 27)]
    [InlineData("sc_startunit", "flags", 11, 11)]
    [InlineData("sc_passthru", "einval_arg", 16, 16)]
    [InlineData("sc_passthru", "timeout_value", 20, 20)]
    [InlineData("sc_passthru", "data_length", 24, 24)]
    [InlineData("sc_passthru", "autosense_buffer_ptr", 52, 56)]
    [InlineData("sc_passthru", "scsi_cdb", 56, 64)]
    [InlineData("sc_passthru", "world_wide_name", 120, 128)]
    [InlineData("sc_passthru", "variable_cdb_ptr", 140, 152)]
    [InlineData("sc_passthru", "residual", 144, 160)]
    [InlineData("scsi_inquiry", "scsi_id", 24, 32)]
    [InlineData("scsi_readblk", "blkno", 8, 8)]
    [InlineData("scsi_readblk", "autosense_length", 30, 38)]
    [InlineData("scsi_startunit", "scsi_id", 24, 24)]
    [InlineData("scsi_ready", "autosense_buffer_ptr", 12, 16)]
    [InlineData("scsi_nmserv", "scsi_id_list", 20, 24)]
    [InlineData("scsi_iocmd", "scsi_cdb", 25, 33)]
    [InlineData("scsi_iocmd", "data_length", 48, 64)]
    [InlineData("scsi_iocmd", "residual", 96, 120)]
    [InlineData("scsi_sciolst", "world_wide_name", 16, 16)]
    [InlineData("scsi_sciolst", "scsi_id", 40, 40)]
    [InlineData("scsi_sciolst", "lun_id", 48, 48)]
    public void Offset_IsTheHeaders(string name, string field, int bits32, int bits64)
    {
        var layout = Find(name);
        Assert.Equal((bits32, bits64),
            (layout.OffsetOf(field, CallerAbi.Aix32), layout.OffsetOf(field, CallerAbi.Aix64)));
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(4, false)]
    [InlineData(8, true)]
    [InlineData(8, false)]
    public void EveryLayout_AnyBytes_DecodeAndEncodeGiveThemBack(int pointer, bool bigEndian)
    {
        var abi = new CallerAbi(pointer, bigEndian);
        var random = new Random(11);
        foreach (var layout in s_layouts)
        {
            var bytes = new byte[layout.SizeFor(abi)];
            random.NextBytes(bytes);
            foreach (ref var value8 in bytes.AsSpan()) value8 &= 0x7F;      // no length past what memory can have
            var before = bytes.ToArray();
            Assert.True(layout.TryDecode(bytes, abi, new AnyMemory(), out var value), layout.Name);
            layout.Encode(value, bytes, abi);
            Assert.Equal(before, bytes);
            Assert.False(layout.TryDecode(bytes.AsSpan(1), abi, new AnyMemory(), out _));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void EveryLayout_OtherEndianness_SameSizeAndTheSameValues(int pointer)
    {
        CallerAbi big = new(pointer, BigEndian: true), little = new(pointer, BigEndian: false);
        var random = new Random(12);
        foreach (var layout in s_layouts)
        {
            Assert.Equal(layout.SizeFor(big), layout.SizeFor(little));
            var bytes = new byte[layout.SizeFor(big)];
            random.NextBytes(bytes);
            foreach (ref var value8 in bytes.AsSpan()) value8 &= 0x7F;
            Assert.True(layout.TryDecode(bytes, big, new AnyMemory(), out var value), layout.Name);
            var turned = new byte[bytes.Length];
            layout.Encode(value, turned, little);
            Assert.NotEqual(bytes, turned);
            Assert.True(layout.TryDecode(turned, little, new AnyMemory(), out var same), layout.Name);
            var back = bytes.ToArray();
            layout.Encode(same, back, big);
            Assert.Equal(bytes, back);
        }
    }

    [Theory]
    [InlineData(true, 1, 8)]
    [InlineData(false, 8, 1)]
    public void Number_ByEndianness_HighByteFirstOrLast(bool bigEndian, byte first, byte last)
    {
        var abi = new CallerAbi(8, bigEndian);
        var bytes = new byte[ScPassthru.Layout.SizeFor(abi)];
        ScPassthru.Layout.Encode(new ScPassthru { DataLength = 0x0102_0304_0506_0708 }, bytes, abi);
        var at = ScPassthru.Layout.OffsetOf("data_length", abi);
        Assert.Equal((first, last), (bytes[at], bytes[at + 7]));
    }

    [Fact]
    public async Task Ioctl_PointerToNowhere_EFAULT()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var bytes = new byte[16];
        bytes[0] = 2;
        bytes[3] = 36;
        bytes[7] = 1;

        Assert.Equal(Errno.EFAULT,
            await rig.File.IoctlAsync(IoctlNumber.SCIOINQU, bytes, CallerAbi.Aix32, new NoMemory()));
    }

    [Fact]
    public void Operations_ByNumber_AreUniqueAndCounted()
    {
        Assert.Equal(AdapterOperation.All.Count, AdapterOperation.All.Select(row => row.Number).Distinct().Count());
        Assert.Equal(17, AdapterOperation.All.Count(row => row.Number is >= 983 and <= 999));
        Assert.Equal(20, AdapterOperation.All.Count(row => row.Number is >= 880 and <= 899));
    }

    [Fact]
    public void ErrorEntry_DetailData_HasTheRecordsFieldsInPlace()
    {
        var detail = new ErrorEntry
        {
            Label = ErrorLabel.SCSI_ERR10,
            ResourceName = "scsi0",
            ScsiId = 2,
            LogicalUnitNumber = 3,
            Cdb = [0x28, 0, 0, 0, 0, 9, 0, 0, 1, 0],
            StatusValidity = Transactions.StatusValidity.Adapter,
            AdapterStatus = Transactions.AdapterStatus.CommandTimeout,
            Sense = [0x70],
        }.ToDetailData();

        Assert.Equal([0x0B, 0xA4, 0x9C, 0x99, (byte)'s', (byte)'c', (byte)'s', (byte)'i', (byte)'0', 0], detail[..10]);
        Assert.Equal([10, 2, 0, 0x28, 0x60], detail[22..27]);
        Assert.Equal([2, 0, 4], detail[37..40]);
        Assert.Equal(0x70, detail[41]);
    }

    [Fact]
    public void ErrorEntry_DetailDataOfTheSamFamily_HasAllOfTheCdbAndTheOtherStatus()
    {
        var detail = new ErrorEntry
        {
            Label = ErrorLabel.DISK_ERR3,
            ResourceName = "a name of twenty char",
            RecordType = ErrorRecordType.Sam,
            PathId = 2,
            ScsiId = 0x0102_0304_0506_0708,
            LogicalUnitNumber = 300,
            Cdb = [0x88, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 7],
            StatusValidity = Transactions.StatusValidity.Adapter,
            AdapterStatus = Transactions.AdapterStatus.CommandTimeout,
            Sense = [.. Enumerable.Repeat((byte)0xEE, 252)],
        }.ToDetailData();

        Assert.Equal(248, detail.Length);
        Assert.Equal([0x86, 0x47, 0xC4, 0xE2], detail[..4]);
        Assert.Equal("a name of twent\0"u8.ToArray(), detail[4..20]);
        Assert.Equal([0, 2, 16, 0, 0x88], detail[20..25]);
        Assert.Equal(7, detail[39]);
        Assert.Equal([2, 0, 3, 0], detail[41..45]);
        Assert.Equal(168, detail.Count(value => value == 0xEE));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 0x41, 0x2C, 0, 0], detail[216..228]);
    }

    private static IArgumentLayout Find(string name) =>
        s_layouts.First(layout => layout.Name == name);

    private sealed class AnyMemory : ICallerMemory
    {
        public bool TryMap(ulong address, int length, out Memory<byte> memory)
        {
            memory = default;
            return true;
        }
    }

    private sealed class NoMemory : ICallerMemory
    {
        public bool TryMap(ulong address, int length, out Memory<byte> memory)
        {
            memory = default;
            return false;
        }
    }
}
