using System.Runtime.InteropServices;

namespace Lunette.Backing.Files;

internal sealed unsafe partial class LinuxFile
{
    private bool _punches = true;
    private bool _zeroes = true;
    private bool _clones = true;

    public override FileOutcome Punch(long offset, long length)
    {
        if (length == 0) return FileOutcome.Ok;
        if (!_punches || !SuitsDevice(offset, length)) return Zero(offset, length);
        var error = Allocate(Libc.FallocPunchHole | Libc.FallocKeepSize, offset, length);
        if (error == 0) return FileOutcome.Ok;
        if (!IsUnknown(error)) return new(ResultOf(error, StoreResult.WriteError), offset);
        _punches = false;
        return Zero(offset, length);
    }

    public override FileOutcome Zero(long offset, long length)
    {
        if (length == 0) return FileOutcome.Ok;
        if (!_zeroes || !SuitsDevice(offset, length)) return WriteZeros(offset, length);
        var error = Allocate(Libc.FallocZeroRange | Libc.FallocKeepSize, offset, length);
        if (error == 0) return FileOutcome.Ok;
        if (!IsUnknown(error)) return new(ResultOf(error, StoreResult.WriteError), offset);
        _zeroes = false;
        return WriteZeros(offset, length);
    }

    public override FileOutcome Copy(StoreFile source, long from, long to, long length)
    {
        // Overlapping ranges are refused by both calls; whoever asked reads and writes instead.
        if (source is not LinuxFile other || (other == this && from < to + length && to < from + length))
            return new(StoreResult.NotSupported, to);
        if (_clones && TryClone(other, from, to, length)) return FileOutcome.Ok;
        for (var end = from + length; from < end;)
        {
            var extent = other.FindExtent(from, end);
            var outcome = extent.Allocated ? CopyData(other, from, to, extent.Length) : Punch(to, extent.Length);
            if (outcome.Result != StoreResult.Ok) return outcome;
            from += extent.Length;
            to += extent.Length;
        }
        return FileOutcome.Ok;
    }

    private FileOutcome CopyData(LinuxFile source, long from, long to, long length)
    {
        var end = to + length;
        while (to < end)
        {
            var copied = Libc.CopyRange(source._file, &from, _file, &to, (nuint)(end - to), 0);
            if (copied > 0) continue;
            var error = copied == 0 ? Libc.EInval : Marshal.GetLastPInvokeError();
            if (error == Libc.EIntr) continue;
            if (error is Libc.EInval or Libc.EXdev or Libc.EOpNotSupp or Libc.ENoSys)
                return new(StoreResult.NotSupported, to);
            return new(ResultOf(error, StoreResult.WriteError), to);
        }
        return FileOutcome.Ok;
    }

    public override StoreExtent FindExtent(long offset, long end)
    {
        if (offset >= end) return new(offset, 0, Allocated: false);
        var data = Libc.Seek(_file, offset, Libc.SeekData);
        if (data < 0)
        {
            // Past the last data there is only hole; where the question is not understood everything is allocated.
            return new(offset, end - offset, Allocated: Marshal.GetLastPInvokeError() != Libc.ENxio);
        }
        if (data > offset) return new(offset, Math.Min(data, end) - offset, Allocated: false);
        var hole = Libc.Seek(_file, offset, Libc.SeekHole);
        return new(offset, (hole > offset ? Math.Min(hole, end) : end) - offset, Allocated: true);
    }

    public override StoreResult SetLength(long lengthBytes)
    {
        if (IsBlockDevice) return StoreResult.NotSupported;
        return Libc.Truncate(_file, lengthBytes) == 0
            ? StoreResult.Ok
            : ResultOf(Marshal.GetLastPInvokeError(), StoreResult.WriteError);
    }

    public override StoreResult Reserve(long lengthBytes)
    {
        // A device has its blocks.
        if (IsBlockDevice) return StoreResult.Ok;
        var error = Allocate(Libc.FallocKeepSize, 0, lengthBytes);
        if (error == 0) return StoreResult.Ok;
        return IsUnknown(error) ? StoreResult.NotSupported : ResultOf(error, StoreResult.WriteError);
    }

    // A block device takes whole sectors only; a file takes any bytes.
    private bool SuitsDevice(long offset, long length) =>
        !IsBlockDevice || ((offset | length) & (_sectorBytes - 1)) == 0;

    private int Allocate(int mode, long offset, long length)
    {
        while (Libc.Allocate(_file, mode, offset, length) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Libc.EIntr) return error;
        }
        return 0;
    }

    private static bool IsUnknown(int error) => error is Libc.EOpNotSupp or Libc.ENoSys;

    private bool TryClone(LinuxFile source, long from, long to, long length)
    {
        var range = new Libc.FileCloneRange
        {
            SourceFile = source._file,
            SourceOffset = (ulong)from,
            SourceLength = (ulong)length,
            DestinationOffset = (ulong)to,
        };
        if (Libc.Control(_file, Libc.FiCloneRange, &range) == 0) return true;
        // A range or a source that does not suit says nothing about the next one.
        if (Marshal.GetLastPInvokeError() is not (Libc.EInval or Libc.EXdev)) _clones = false;
        return false;
    }
}
