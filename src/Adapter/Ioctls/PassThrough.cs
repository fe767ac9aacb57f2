using Lunette.Adapter.Arguments;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Ioctls;

/// <summary>What SCIOCMD and DK_PASSTHRU have in common: the check of their argument, and how they answer.</summary>
internal static class PassThrough
{
    public const byte ReadFlag = 0x01;
    public const byte AutosenseValid = 0x01;
    private const byte FlagsKnown = ReadFlag | (byte)CommandFlags.Async | (byte)CommandFlags.NoDisconnect;
    private const TransactionFlags QueueFlagsKnown =
        TransactionFlags.QueueClear | TransactionFlags.QueueResume | TransactionFlags.ClearAca;

    /// <summary>The first field that is invalid, by its <c>einval_arg</c> code.</summary>
    public static EinvalArgument FindMistake(ScPassthru argument, int maxTransferBytes)
    {
        if (argument.Version > 2) return EinvalArgument.Version;
        if (argument.Tag > QueueTag.Aca) return EinvalArgument.Tag;
        if ((argument.Flags & ~FlagsKnown) != 0) return EinvalArgument.Flags;
        if (argument.DeviceFlags > 1) return EinvalArgument.DeviceFlags;
        if ((argument.QueueFlags & ~QueueFlagsKnown) != 0) return EinvalArgument.QueueFlags;
        if (FindCdbMistake(argument) is var mistake and not EinvalArgument.None) return mistake;
        if (argument.AutosenseLength > TransportCommand.SenseLengthMax) return EinvalArgument.AutosenseLength;
        if (argument.DataLength > (ulong)maxTransferBytes) return EinvalArgument.DataLength;
        if ((int)argument.DataLength > argument.Buffer.Length) return EinvalArgument.Buffer;
        return argument.AutosenseLength > argument.AutosenseBuffer.Length && !argument.AutosenseBuffer.IsEmpty
            ? EinvalArgument.AutosenseBuffer
            : EinvalArgument.None;
    }

    private static EinvalArgument FindCdbMistake(ScPassthru argument)
    {
        if (argument.Version < 2 || argument.VariableCdbLength == 0)
            return argument.CommandLength is >= 6 and <= 64 ? EinvalArgument.None : EinvalArgument.CommandLength;
        if (argument.VariableCdbLength is < 6 or > TransportCommand.CdbLengthMax)
            return EinvalArgument.VariableCdbLength;
        return argument.VariableCdb.Length < argument.VariableCdbLength
            ? EinvalArgument.VariableCdb
            : EinvalArgument.None;
    }

    public static bool IsRead(ScPassthru argument) => (argument.Flags & ReadFlag) != 0;

    public static byte[] CdbOf(ScPassthru argument) => argument is { Version: >= 2, VariableCdbLength: > 0 }
        ? argument.VariableCdb[..(int)argument.VariableCdbLength].ToArray()
        : argument.ScsiCdb[..argument.CommandLength];

    public static void Tell(InternalCommand ended, ScPassthru argument, AdapterKind kind) => Tell(argument, kind,
        ended.StatusValidity, (byte)ended.Status, ended.AdapterStatus, ended.Sense,
        ended.Data.Length - ended.Transferred);

    /// <summary>
    /// Fills the outputs. A parallel adapter speaks the parallel set of statuses, others the SAM set.
    /// </summary>
    public static void Tell(ScPassthru argument, AdapterKind kind, StatusValidity validity, byte status,
        AdapterStatus adapterStatus, ReadOnlySpan<byte> sense, int residual)
    {
        argument.StatusValidity = validity;
        argument.ScsiBusStatus = status;
        argument.AdapterStatusType = (byte)(kind == AdapterKind.Parallel ? 1 : 2);
        argument.AdapterStatus = kind == AdapterKind.Parallel
            ? (byte)adapterStatus.ToGeneralCardStatus()
            : (byte)adapterStatus;
        argument.Residual = (ulong)residual;
        var length = Math.Min(sense.Length, Math.Min(argument.AutosenseLength, argument.AutosenseBuffer.Length));
        if (length == 0) return;
        sense[..length].CopyTo(argument.AutosenseBuffer.Span);
        argument.AdapterSetFlags |= AutosenseValid;
    }
}
