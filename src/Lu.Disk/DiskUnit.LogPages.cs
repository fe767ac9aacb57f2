using System.Buffers.Binary;
using Lunette.Backing;
using Lunette.DeviceServer.LogPages;
using Lunette.Lu.Disk.Background;
using Lunette.Lu.Disk.Defects;
using Lunette.Lu.Disk.Medium;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>Log pages of a disk, and what they tell beyond a restart.</content>
public sealed partial class DiskUnit
{
    private FormatRecord _format = FormatRecord.None;

    /// <summary>The blocks that the store could not read.</summary>
    internal PendingDefects PendingDefects { get; }

    /// <summary>Hours in service since it was made.</summary>
    internal uint PowerOnHours => (uint)Math.Min(uint.MaxValue, PowerOnMinutes / 60);

    /// <inheritdoc/>
    protected override int StatisticsBlockLength => BlockLengthBytes;

    /// <inheritdoc/>
    protected override IReadOnlyList<LogPageCode> LogPages
    {
        get
        {
            List<LogPageCode> pages =
            [
                .. base.LogPages, LogPageCode.FormatStatus, LogPageCode.Utilization, LogPageCode.SolidStateMedia,
                LogPageCode.BackgroundScan, LogPageCode.PendingDefects, LogPageCode.BackgroundOperation,
                LogPageCode.NonvolatileCache,
            ];
            if (Disk.Thin) pages.Add(LogPageCode.LogicalBlockProvisioning);
            return pages;
        }
    }

    /// <inheritdoc/>
    protected override void WriteLogParameters(
        LogPageCode page, ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        switch (page)
        {
            case LogPageCode.FormatStatus:
                WriteFormatStatus(ref writer, ref data);
                break;
            case LogPageCode.LogicalBlockProvisioning:
                WriteProvisioning(ref writer, ref data);
                break;
            case LogPageCode.Utilization:
                // No use wears it out.
                writer.Write(ref data, 0x0000, LogPage.UnsavedCounter, [0x00, 0x00]);
                break;
            case LogPageCode.SolidStateMedia:
                writer.Write(ref data, 0x0001, LogPage.UnsavedList, [0x00, 0x00, 0x00, 0x00]);
                break;
            case LogPageCode.BackgroundScan:
                WriteBackgroundScan(ref writer, ref data);
                break;
            case LogPageCode.PendingDefects:
                WritePendingDefects(ref writer, ref data);
                break;
            case LogPageCode.BackgroundOperation:
                writer.Write(ref data, 0x0000, LogPage.UnsavedList,
                    [BackgroundControlCommand.NothingPerformed, 0, 0, 0]);
                break;
            case LogPageCode.NonvolatileCache:
                // REMAINING and MAXIMUM NONVOLATILE TIME of zero: what is cached is volatile.
                writer.Write(ref data, 0x0000, LogPage.UnsavedList, [0x03, 0x00, 0x00, 0x00]);
                writer.Write(ref data, 0x0001, LogPage.UnsavedList, [0x03, 0x00, 0x00, 0x00]);
                break;
            default:
                base.WriteLogParameters(page, ref writer, ref data);
                break;
        }
    }

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte> OwnHistory
    {
        get
        {
            var format = Volatile.Read(ref _format);
            var defects = PendingDefects.Encode();
            if (format == FormatRecord.None && defects.Length == 0) return default;
            return (byte[])[.. format.Encode(), .. defects];
        }
    }

    /// <inheritdoc/>
    protected override bool TryRestoreOwnHistory(ReadOnlySpan<byte> saved)
    {
        if (saved.IsEmpty) return true;
        if (!FormatRecord.TryDecode(saved, out var format, out var length)
            || !PendingDefects.TryRestore(saved[length..])) return false;
        Volatile.Write(ref _format, format);
        return true;
    }

    // Nothing was found defective and nothing reassigned; all ones where it was never formatted, or in vain.
    private void WriteFormatStatus(ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        Span<byte> value = stackalloc byte[8];
        var format = Volatile.Read(ref _format);
        var isKnown = format.List is not null;
        value.Fill((byte)(isKnown ? 0 : 0xFF));
        writer.Write(ref data, 0x0000, LogPage.BinaryList, format.List ?? value[..4]);     // FORMAT DATA OUT
        writer.Write(ref data, 0x0001, LogPage.BinaryList, value);      // GROWN DEFECTS DURING CERTIFICATION
        writer.Write(ref data, 0x0002, LogPage.BinaryList, value);      // TOTAL BLOCKS REASSIGNED DURING FORMAT
        writer.Write(ref data, 0x0003, LogPage.BinaryList, value);      // TOTAL NEW BLOCKS REASSIGNED
        var minutes = (uint)Math.Min(uint.MaxValue, PowerOnMinutes - format.Minutes);
        if (isKnown) BinaryPrimitives.WriteUInt32BigEndian(value, minutes);
        writer.Write(ref data, 0x0004, LogPage.BinaryList, value[..4]);     // POWER ON MINUTES SINCE FORMAT
    }

    // SBC-5, Logical Block Provisioning log page: resources in threshold sets, dedicated to this logical unit's store.
    private void WriteProvisioning(ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        var space = OpenStore?.Space ?? new StoreSpace(-1, -1);
        if (space.AvailableBytes >= 0) WriteResource(ref writer, ref data, 0x0001, space.AvailableBytes);
        if (space.AllocatedBytes >= 0) WriteResource(ref writer, ref data, 0x0002, space.AllocatedBytes);
    }

    private static void WriteResource(
        ref LogParameterWriter writer, ref ParameterDataWriter data, ushort code, long bytes)
    {
        Span<byte> value = stackalloc byte[8];
        value.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(value, ThresholdCount(bytes));
        value[4] = 0x01;
        writer.Write(ref data, code, LogPage.UnsavedList, value);
    }

    // BACKGROUND SCAN STATUS 00h: no scan is active, and none was ever performed.
    private void WriteBackgroundScan(ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        Span<byte> value = stackalloc byte[12];
        value.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(value, (uint)Math.Min(uint.MaxValue, PowerOnMinutes));
        writer.Write(ref data, 0x0000, LogPage.BinaryList, value);
    }

    private void WritePendingDefects(ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        Span<byte> value = stackalloc byte[12];
        var blocks = PendingDefects.Blocks;
        BinaryPrimitives.WriteUInt32BigEndian(value, (uint)blocks.Count);
        writer.Write(ref data, 0x0000, LogPage.BinaryList, value[..4]);
        ushort code = 0;
        foreach (var (block, hours) in blocks)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value, hours);
            BinaryPrimitives.WriteUInt64BigEndian(value[4..], block);
            writer.Write(ref data, ++code, LogPage.BinaryList, value);
        }
    }
}
