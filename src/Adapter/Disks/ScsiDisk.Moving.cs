using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Disks;

/// <content>Reads and writes as commands, and commands of any kind.</content>
public sealed partial class ScsiDisk
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask MoveAsync(ulong lba, Memory<byte> data, bool isRead, CancellationToken cancellation)
    {
        ThrowUnlessOpenForData(cancellation);
        if (data.Length % BlockLengthBytes != 0)
        {
            throw new ScsiDiskException(
                Options.Name, Errno.EINVAL, $"{data.Length} bytes are not made of blocks of {BlockLengthBytes}");
        }
        ThrowIfBeyond(lba, (ulong)(data.Length / BlockLengthBytes));
        while (!data.IsEmpty)
        {
            // A request longer than the adapter carries is fragmented.
            var part = data[..Math.Min(data.Length, _maxTransferBytes)];
            var answer = await StartMove(lba, part, isRead, cancellation).ConfigureAwait(false);
            if (answer.Error != Errno.None) throw answer.ToException(Options.Name);
            // A device that says GOOD and moved less has not carried it out.
            if (answer.Residual != 0) throw ScsiDiskException.Short(Options.Name, part.Length, answer.Residual);
            lba += (ulong)(part.Length / BlockLengthBytes);
            data = data[part.Length..];
        }
    }

    private ValueTask<DiskAnswer> StartMove(ulong lba, Memory<byte> data, bool isRead, CancellationToken cancellation)
    {
        Span<byte> cdb = stackalloc byte[16];
        cdb.Clear();
        cdb[0] = (byte)(isRead ? 0x88 : 0x8A);
        BinaryPrimitives.WriteUInt64BigEndian(cdb[2..], lba);
        BinaryPrimitives.WriteUInt32BigEndian(cdb[10..], (uint)(data.Length / BlockLengthBytes));
        var request = Rent();
        request.Prepare(cdb, isRead ? TransferDirection.In : TransferDirection.Out, data,
            Options.ReadWriteTimeoutSeconds);
        request.IsOfMedium = true;
        request.CancelBy(cancellation);
        var task = request.Task;
        Enter(request);
        return task;
    }

    private void ThrowIfBeyond(ulong lba, ulong count)
    {
        if (lba <= BlockCount && count <= BlockCount - lba) return;
        throw new ScsiDiskException(
            Options.Name, Errno.ENXIO, $"{count} blocks from {lba} on are not there: it has {BlockCount}");
    }

    private void ThrowUnlessOpenForData(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_closing is not null) throw new ScsiDiskException(Options.Name, Errno.ENODEV, "it is closed");
        if (IsDiagnostic) throw new ScsiDiskException(Options.Name, Errno.EACCES, "it is open for diagnostics");
        if (_mediumError is var changed and not Errno.None)
            throw new ScsiDiskException(Options.Name, changed, null, null);
    }

    private void Throw(DiskAnswer answer)
    {
        if (answer.Error != Errno.None) throw answer.ToException(Options.Name);
    }

    internal ValueTask<DiskAnswer> CommandAsync(ReadOnlySpan<byte> cdb, TransferDirection direction, Memory<byte> data,
        DiskPath? path = null, int? timeoutSeconds = null, bool noRetry = false, bool alone = false,
        CancellationToken cancellation = default)
    {
        var request = Rent();
        request.Prepare(cdb, direction, data, timeoutSeconds ?? Options.ReadWriteTimeoutSeconds);
        request.OnlyPath = path;
        request.NoRetry = noRetry;
        // It comes once, so it must not be turned away because of what happened to others.
        if (noRetry) request.Flags = TransactionFlags.Resume;
        request.RunsAlone = alone;
        request.IsLogged = !IsDiagnostic;
        request.CancelBy(cancellation);
        var task = request.Task;
        Enter(request);
        return task;
    }
}
