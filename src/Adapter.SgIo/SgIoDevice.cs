using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.SgIo;

/// <summary>One open <c>/dev/sgN</c>: carries out a command at a time per calling thread.</summary>
internal sealed unsafe class SgIoDevice(ISgFile file) : IDisposable
{
    private const int ErrorNoDevice = 19;
    private const int ErrorNoSuchDevice = 6;
    private const int ErrorNoMemory = 12;

    /// <summary>Carries out a command; blocks until the kernel has ended it.</summary>
    public TransportOutcome Execute(TransportCommand command, Span<byte> data, TimeSpan timeout)
    {
        fixed (byte* cdb = command.Cdb)
        fixed (byte* bytes = data)
        fixed (byte* sense = command.SenseBuffer)
        {
            var header = Prepare(command.Direction, command.CdbLength, data.Length, timeout);
            header.Cdb = cdb;
            header.Data = bytes;
            header.Sense = sense;
            if (file.Submit(ref header) is var error and not 0) return OutcomeOf(error);
            command.Status = (ScsiStatus)header.Status;
            command.SenseLength = header.SenseLength;
            command.TransferredBytes = TransferredOf(header);
            return OutcomeOf(header);
        }
    }

    /// <summary>Asks the kernel for a reset: 1 device, 2 bus, 4 target; false where it will not.</summary>
    public bool TryReset(int kind) => file.TryReset(kind);

    public void Dispose() => file.Dispose();

    /// <summary>The header of a command, without its addresses.</summary>
    internal static SgIoHeader Prepare(
        TransferDirection direction, int cdbLength, int dataLength, TimeSpan timeout) => new()
        {
            InterfaceIdentifier = SgIoHeader.InterfaceId,
            Direction = direction switch
            {
                TransferDirection.In => SgIoHeader.DirectionFromDevice,
                TransferDirection.Out => SgIoHeader.DirectionToDevice,
                _ => SgIoHeader.DirectionNone,
            },
            CdbLength = (byte)cdbLength,
            SenseLengthMax = TransportCommand.SenseLengthMax,
            DataLength = (uint)dataLength,
            TimeoutMilliseconds = (uint)Math.Clamp(timeout.TotalMilliseconds, 1, uint.MaxValue),
        };

    /// <summary>Bytes that were moved, whatever the kernel claims is left.</summary>
    internal static int TransferredOf(in SgIoHeader header) =>
        (int)Math.Clamp(header.DataLength - (long)header.Residual, 0, header.DataLength);

    /// <summary>What the kernel's SCSI layer says of the command: nobody there, timed out, aborted, reset.</summary>
    internal static TransportOutcome OutcomeOf(in SgIoHeader header) => header.HostStatus switch
    {
        0 => TransportOutcome.Answered,
        1 or 4 => TransportOutcome.NoDevice,
        5 => TransportOutcome.Aborted,
        8 => TransportOutcome.Reset,
        _ => TransportOutcome.ConnectionLost,
    };

    private static TransportOutcome OutcomeOf(int error) => error switch
    {
        ErrorNoDevice or ErrorNoSuchDevice => TransportOutcome.NoDevice,
        ErrorNoMemory => TransportOutcome.NoMemory,
        _ => TransportOutcome.HostFailure,
    };
}
