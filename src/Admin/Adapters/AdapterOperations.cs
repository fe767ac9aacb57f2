using Lunette.Adapter;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Scsi;

namespace Lunette.Admin.Adapters;

/// <summary>
/// What a privileged process does with an adapter: opens it, asks, closes it. Devices it has started stay started.
/// </summary>
internal static class AdapterOperations
{
    private const int ResumeTimeoutSeconds = 30;

    /// <summary>Carries out an operation without data.</summary>
    public static Task<AdapterAnswer> OperateAsync(ScsiAdapter adapter, AdapterOperationArguments said)
    {
        var lun = Lun.FromNumber(said.Lun);
        return said.Operation switch
        {
            AdapterOperationType.Resume => SendAsync(adapter, said.ScsiId, lun, new byte[6], TransactionFlags.Resume),
            AdapterOperationType.ResumeQueue => SendAsync(
                adapter, said.ScsiId, lun, [], TransactionFlags.Resume | TransactionFlags.QueueResume),
            AdapterOperationType.ClearQueue => SendAsync(adapter, said.ScsiId, lun, [], TransactionFlags.QueueClear),
            AdapterOperationType.TestReady => AskAsync(adapter, IoctlNumber.SCIOLTUR,
                Addressed(new ScsiReady(), said.ScsiId, lun)),
            AdapterOperationType.StartUnit or AdapterOperationType.StopUnit => AskAsync(
                adapter, IoctlNumber.SCIOLSTUNIT, Addressed(new ScsiStartUnit
                {
                    StartFlag = (byte)(said.Operation == AdapterOperationType.StartUnit ? 1 : 0),
                    TimeoutSeconds = ResumeTimeoutSeconds,
                }, said.ScsiId, lun)),
            _ => ControlAsync(adapter, said),
        };
    }

    /// <summary>Sends a command past the queue (SCIOLCMD).</summary>
    public static async Task<AdapterAnswer> CommandAsync(ScsiAdapter adapter, AdapterCommandArguments said)
    {
        var isRead = said.DataOut.Length == 0;
        var buffer = isRead ? new byte[said.DataInLength] : said.DataOut;
        var argument = Addressed(new ScsiIocmd
        {
            Buffer = buffer,
            DataLength = (ulong)buffer.Length,
            Flags = (byte)(isRead ? BufFlags.Read : BufFlags.Write),
            TimeoutSeconds = (uint)said.TimeoutSeconds,
        }, said.ScsiId, Lun.FromNumber(said.Lun));
        if (said.Cdb.Length <= argument.ScsiCdb.Length)
        {
            argument.CommandLength = (byte)said.Cdb.Length;
            said.Cdb.CopyTo(argument.ScsiCdb, 0);
        }
        else
        {
            argument.VariableCdb = said.Cdb;
            argument.VariableCdbLength = (uint)said.Cdb.Length;
        }
        var answer = await AskAsync(adapter, IoctlNumber.SCIOLCMD, argument);
        var moved = Math.Max(0, buffer.Length - (int)argument.Residual);
        return answer with { Residual = (long)argument.Residual, Data = isRead ? buffer[..moved] : [] };
    }

    /// <summary>Sends a command through the device's queue.</summary>
    public static Task<AdapterAnswer> QueueAsync(ScsiAdapter adapter, AdapterCommandArguments said) => SendAsync(
        adapter, said.ScsiId, Lun.FromNumber(said.Lun), said.Cdb,
        said.Resume ? TransactionFlags.Resume : TransactionFlags.None, said);

    private static Task<AdapterAnswer> ControlAsync(ScsiAdapter adapter, AdapterOperationArguments said)
    {
        // The seed's operations name a device in two bytes; what does not fit there takes the SAM family's.
        var (parallel, sam, flags) = said.Operation switch
        {
            AdapterOperationType.Start => (IoctlNumber.SCIOSTART, IoctlNumber.SCIOLSTART, (byte)0),
            AdapterOperationType.Stop => (IoctlNumber.SCIOSTOP, IoctlNumber.SCIOLSTOP, (byte)0),
            AdapterOperationType.Halt => (IoctlNumber.SCIOHALT, IoctlNumber.SCIOLHALT, (byte)0),
            AdapterOperationType.Reset => (IoctlNumber.SCIORESET, IoctlNumber.SCIOLRESET, (byte)0),
            _ => (IoctlNumber.SCIOLUNRST, IoctlNumber.SCIOLRESET, ScsiSciolst.LunReset),
        };
        return said is { ScsiId: <= byte.MaxValue, Lun: <= byte.MaxValue }
            ? AskAsync(adapter, parallel, new IdLun((byte)said.ScsiId, (byte)said.Lun))
            : AskAsync(adapter, sam, new ScsiSciolst
            {
                ScsiId = said.ScsiId,
                LunId = Lun.FromNumber(said.Lun).Wire,
                Flags = flags,
            });
    }

    private static async Task<AdapterAnswer> AskAsync(ScsiAdapter adapter, int operation, object argument)
    {
        var error = adapter.Open(AdapterCaller.Privileged, OpenExtension.None, out var file);
        if (error == Errno.None)
        {
            using (file) error = await file!.IoctlAsync(operation, argument);
        }
        var answer = AdapterAnswers.Of(error, operation);
        return argument is SamArgument sam ? AdapterAnswers.With(answer, sam) : answer;
    }

    private static async Task<AdapterAnswer> SendAsync(ScsiAdapter adapter, ulong scsiId, Lun lun, byte[] cdb,
        TransactionFlags flags, AdapterCommandArguments? said = null)
    {
        var isRead = said is null || said.DataOut.Length == 0;
        var buffer = isRead ? new byte[said?.DataInLength ?? 0] : said!.DataOut;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var structure = new ScsiBuf
        {
            ScsiId = scsiId,
            LunId = lun.Wire,
            Flags = flags,
            Tag = said is { Tagged: true } ? QueueTag.Simple : QueueTag.None,
            TimeoutSeconds = said?.TimeoutSeconds ?? ResumeTimeoutSeconds,
            AutosenseBuffer = new byte[TransportCommand.SenseLengthMax],
            IoDone = _ => done.SetResult(),
        };
        structure.SetCommand(cdb);
        structure.Bufstruct.Flags = isRead ? BufFlags.Read : BufFlags.Write;
        structure.Bufstruct.Memory = buffer;
        structure.Bufstruct.Count = buffer.Length;
        var error = adapter.Open(AdapterCaller.Privileged, OpenExtension.None, out var file);
        if (error != Errno.None) return AdapterAnswers.Of(error, AdapterAnswers.StrategyEntry);
        using (file)
        {
            error = file!.Strategy(structure);
            if (error != Errno.None) return AdapterAnswers.Of(error, AdapterAnswers.StrategyEntry);
            await done.Task;
        }
        var moved = isRead ? Math.Max(0, buffer.Length - structure.Bufstruct.Residual) : 0;
        return AdapterAnswers.Of(structure) with { Data = buffer[..moved] };
    }

    private static T Addressed<T>(T argument, ulong scsiId, Lun lun)
        where T : SamArgument
    {
        argument.ScsiId = scsiId;
        argument.LunId = lun.Wire;
        argument.AutosenseBuffer = new byte[TransportCommand.SenseLengthMax];
        argument.AutosenseLength = TransportCommand.SenseLengthMax;
        return argument;
    }
}
