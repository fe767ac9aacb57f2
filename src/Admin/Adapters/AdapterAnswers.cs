using Lunette.Adapter;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Transactions;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Scsi;

namespace Lunette.Admin.Adapters;

/// <summary>Answers of the adapter driver in the administrators' words.</summary>
internal static class AdapterAnswers
{
    /// <summary>Stands for the strategy entry where an operation's number is wanted.</summary>
    public const int StrategyEntry = 0;

    public static AdapterAnswer Of(Errno error, int operation) => new(
        (int)error, error == Errno.None ? "" : error.ToString(), Meaning(error, operation), null, null, false, [],
        "", [], 0);

    public static AdapterAnswer With(AdapterAnswer answer, SamArgument argument) => Told(
        answer, argument.StatusValidity, argument.ScsiStatus, argument.AdapterStatus,
        (argument.AdapterSetFlags & SamArgument.AutosenseDataValid) != 0 ? argument.AutosenseBuffer.Span : []);

    public static AdapterAnswer Of(ScsiBuf structure) => Told(
        Of(structure.Bufstruct.Error, StrategyEntry), structure.StatusValidity, (byte)structure.ScsiStatus,
        structure.AdapterStatus, structure.AutosenseBuffer.Span[..structure.AutosenseLength]) with
    {
        QueueKept = structure.QueueStatus == AdapterQueueStatus.DidNotClear,
        Residual = structure.Bufstruct.Residual,
    };

    private static AdapterAnswer Told(AdapterAnswer answer, StatusValidity validity, byte status,
        AdapterStatus adapterStatus, ReadOnlySpan<byte> sense)
    {
        var described = Sense.TryParse(sense, out var parsed) ? parsed.Describe() : "";
        return answer with
        {
            Status = (validity & StatusValidity.Scsi) != 0 ? status : null,
            AdapterStatus = (validity & StatusValidity.Adapter) != 0 ? adapterStatus.ToString() : null,
            Sense = described.Length > 0 ? sense.ToArray() : [],
            SenseText = described,
        };
    }

    // What the operations' pages say of the number; where one says nothing, what it means everywhere.
    private static string Meaning(Errno error, int operation) => (error, operation) switch
    {
        (Errno.None, _) => "",
        (Errno.EINVAL, IoctlNumber.SCIOSTART or IoctlNumber.SCIOLSTART) =>
            "the device is started already, or no device may have this address",
        (Errno.EINVAL, StrategyEntry) => "the device is not started, or the command is malformed",
        (Errno.EINVAL, IoctlNumber.SCIOLCMD) => "the device is not started, or a field of the command is wrong",
        (Errno.EINVAL, _) => "the device is not started",
        (Errno.EIO, IoctlNumber.SCIOHALT or IoctlNumber.SCIOLHALT) =>
            "the device is stopping already, or an unrecoverable error; errpt may say more",
        (Errno.EIO, _) => "an I/O error; the status says more where there is one",
        (Errno.ENXIO, StrategyEntry) => "the queue is halted or was flushed: send with --resume",
        (Errno.ENODEV, _) => "the target does not answer",
        (Errno.ENOCONNECT, _) => "the connection to the target was lost",
        (Errno.ENOMEM, _) => "there is no memory for it now",
        (Errno.ETIMEDOUT, _) => "no answer in time; errpt has it",
        (Errno.EACCES, _) => "the adapter is open in diagnostic mode",
        (Errno.EPERM, _) => "the caller may not do this",
        _ => "",
    };
}
