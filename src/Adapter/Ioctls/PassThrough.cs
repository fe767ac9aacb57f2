using Lunette.Adapter.Arguments;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Ioctls;

/// <summary>What SCIOCMD and DK_PASSTHRU have in common: the check of their argument, and how they answer.</summary>
internal static class PassThrough
{
    public const byte ReadFlag = (byte)BufFlags.Read;
    private const byte FlagsKnown = ReadFlag | (byte)CommandFlags.Async | (byte)CommandFlags.NoDisconnect;
    private const TransactionFlags QueueFlagsKnown =
        TransactionFlags.QueueClear | TransactionFlags.QueueResume | TransactionFlags.ClearAca;

    /// <summary>The first field that is invalid, by its <c>einval_arg</c> code.</summary>
    public static EinvalArgument FindMistake(ScPassthru argument, int maxTransferBytes, int cdbLengthMax)
    {
        if (argument.Version > 2) return EinvalArgument.Version;
        if (argument.Tag > QueueTag.Aca) return EinvalArgument.Tag;
        if ((argument.Flags & ~FlagsKnown) != 0) return EinvalArgument.Flags;
        if (argument.DeviceFlags > 1) return EinvalArgument.DeviceFlags;
        if ((argument.QueueFlags & ~QueueFlagsKnown) != 0) return EinvalArgument.QueueFlags;
        if (FindCdbMistake(argument, cdbLengthMax) is var mistake and not EinvalArgument.None) return mistake;
        if (argument.AutosenseLength > TransportCommand.SenseLengthMax) return EinvalArgument.AutosenseLength;
        if (argument.DataLength > (ulong)maxTransferBytes) return EinvalArgument.DataLength;
        if ((int)argument.DataLength > argument.Buffer.Length) return EinvalArgument.Buffer;
        return argument.AutosenseLength > argument.AutosenseBuffer.Length && !argument.AutosenseBuffer.IsEmpty
            ? EinvalArgument.AutosenseBuffer
            : EinvalArgument.None;
    }

    private static EinvalArgument FindCdbMistake(ScPassthru argument, int lengthMax)
    {
        if (!HasVariableCdb(argument))
        {
            return IsLengthLawful(argument.CommandLength, Math.Min(lengthMax, argument.ScsiCdb.Length))
                ? EinvalArgument.None
                : EinvalArgument.CommandLength;
        }
        if (!IsLengthLawful(argument.VariableCdbLength, lengthMax)) return EinvalArgument.VariableCdbLength;
        return argument.VariableCdb.Length < argument.VariableCdbLength
            ? EinvalArgument.VariableCdb
            : EinvalArgument.None;
    }

    /// <summary>Whether a CDB may have this length.</summary>
    public static bool IsLengthLawful(uint length, int lengthMax) =>
        length >= TransportCommand.CdbLengthMin && length <= lengthMax;

    public static bool IsRead(ScPassthru argument) => (argument.Flags & ReadFlag) != 0;

    private static bool HasVariableCdb(ScPassthru argument) => argument is { Version: >= 2, VariableCdbLength: > 0 };

    public static byte[] CdbOf(ScPassthru argument) => HasVariableCdb(argument)
        ? argument.VariableCdb[..(int)argument.VariableCdbLength].ToArray()
        : argument.ScsiCdb[..argument.CommandLength];

    /// <summary>
    /// Fills the outputs. A parallel adapter speaks the parallel set of statuses, others the SAM set.
    /// </summary>
    public static void Tell(ScPassthru argument, AdapterKind kind, in CommandResult result)
    {
        argument.StatusValidity = result.Validity;
        argument.ScsiBusStatus = (byte)result.Status;
        argument.AdapterStatusType = (byte)(kind == AdapterKind.Parallel ? 1 : 2);
        argument.AdapterStatus = kind == AdapterKind.Parallel
            ? (byte)result.AdapterStatus.ToGeneralCardStatus()
            : (byte)result.AdapterStatus;
        argument.AdapterQueueStatus = result.QueueStatus;
        argument.Residual = (ulong)result.Residual;
        var room = argument.AutosenseBuffer.Span;
        argument.AdapterSetFlags = CopySense(result.Sense, room[..Math.Min(argument.AutosenseLength, room.Length)]);
    }

    /// <summary>Fills the outputs that the SAM family's structures have in common.</summary>
    public static void Tell(SamArgument argument, in CommandResult result)
    {
        argument.StatusValidity = result.Validity;
        argument.ScsiStatus = (byte)result.Status;
        argument.AdapterStatus = result.AdapterStatus;
        argument.AdapterSetFlags = CopySense(result.Sense, argument.AutosenseBuffer.Span);
    }

    // SC_AUTOSENSE_DATA_VALID, or no flag.
    private static byte CopySense(ReadOnlySpan<byte> sense, Span<byte> to)
    {
        var length = Math.Min(sense.Length, to.Length);
        sense[..length].CopyTo(to);
        return length > 0 ? SamArgument.AutosenseDataValid : (byte)0;
    }
}

/// <summary>How a command ended, in the words of the argument structures; default: nothing is known yet.</summary>
internal readonly ref struct CommandResult
{
    public StatusValidity Validity { get; init; }

    public ScsiStatus Status { get; init; }

    public AdapterStatus AdapterStatus { get; init; }

    public AdapterQueueStatus QueueStatus { get; init; }

    public ReadOnlySpan<byte> Sense { get; init; }

    public int Residual { get; init; }
}
