using Lunette.DeviceServer.Inquiry;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.DeviceServer;

/// <summary>
/// Answers for every LUN at which nothing is mapped (SAM-6, Incorrect logical unit numbers): INQUIRY says 7Fh, REPORT
/// LUNS tells what there is, REQUEST SENSE and everything else that there is nothing here. One serves a whole target;
/// it keeps no state, and the composition root hands it to the task router.
/// </summary>
public sealed class FallbackUnit : LogicalUnit
{
    private static readonly Sense s_notSupported = Sense.Illegal(AdditionalSense.LogicalUnitNotSupported);

    private static readonly StandardInquiryData s_inquiryData = new()
    {
        Peripheral = Peripheral.NoLogicalUnit,
        Version = 6,
        HierarchicalSupport = true,
        CommandQueuing = true,
        VendorIdentification = UnitOptions.VendorDefault,
        ProductIdentification = "NO LOGICAL UNIT",
        ProductRevisionLevel = "0001",
        VersionDescriptors = [VersionDescriptor.Sam5, VersionDescriptor.Iscsi, VersionDescriptor.Spc4],
    };

    /// <inheritdoc/>
    public override LogicalUnitId Id => default;

    /// <inheritdoc/>
    public override string Alias => "unmapped";

    /// <inheritdoc/>
    public override string ProviderName => "fallback";

    /// <inheritdoc/>
    public override void Submit(ScsiTask task)
    {
        if (PrimaryCommands.Inquiry.OperationCode == task.Cdb[0]) Answer(task, PrimaryCommands.Inquiry, WriteInquiry);
        else if (PrimaryCommands.ReportLuns.OperationCode == task.Cdb[0])
            Answer(task, PrimaryCommands.ReportLuns, WriteLuns);
        else if (PrimaryCommands.RequestSense.OperationCode == task.Cdb[0])
            Answer(task, PrimaryCommands.RequestSense, WriteSense);
        else Refuse(task, s_notSupported);
    }

    /// <inheritdoc/>
    public override void DataOutArrived(ScsiTask task, DataOutOutcome outcome) =>
        throw new InvalidOperationException("the fallback unit asks for no data");

    /// <inheritdoc/>
    public override void Continue(ScsiTask task) =>
        throw new InvalidOperationException("the fallback unit ends every command at once");

    /// <inheritdoc/>
    public override void Manage(TaskManagementRequest request) => request.Complete(
        request.Function == TaskManagementFunction.ItNexusReset
            ? ServiceResponse.FunctionComplete
            : ServiceResponse.IncorrectLogicalUnitNumber);

    /// <inheritdoc/>
    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop) => new(ControlResult.Success);

    /// <inheritdoc/>
    public override ValueTask<ControlResult> OfflineAsync(CancellationToken stop) => new(ControlResult.Success);

    private delegate Sense? Writer(ScsiTask task, ref ParameterDataWriter data);

    private static void Answer(ScsiTask task, CommandDescriptor command, Writer write)
    {
        if (task.Cdb.Length < command.Layout.Length)
        {
            Refuse(task, Sense.Illegal(AdditionalSense.InvalidFieldInCdb));
            return;
        }
        if (command.Check(task.Cdb) is { } stray)
        {
            Refuse(task, stray);
            return;
        }
        var allocated = (int)Math.Min(
            command.AllocationLength!.Value.Get(task.Cdb), (ulong)InquiryHandlers.InventoryLengthMax);
        if (allocated == 0)
        {
            var nothing = new ParameterDataWriter([]);
            End(task, write(task, ref nothing));
            return;
        }
        if (!task.TryLeaseDataIn(allocated, out var lease))
        {
            task.Complete(ScsiStatus.TaskSetFull);
            return;
        }
        var data = new ParameterDataWriter(lease.Span);
        var refusal = write(task, ref data);
        if (refusal is null && data.Delivered > 0) task.DataIn.Add(lease.Slice(0, data.Delivered));
        else lease.Release();
        task.CommandTransferLength = task.DataIn.Length;
        End(task, refusal);
    }

    private static void End(ScsiTask task, Sense? refusal)
    {
        if (refusal is { } sense) Refuse(task, sense);
        else task.Complete(ScsiStatus.Good);
    }

    private static void Refuse(ScsiTask task, in Sense sense)
    {
        task.SetSense(sense, descriptorFormat: false);
        task.Complete(ScsiStatus.CheckCondition);
    }

    private static Sense? WriteInquiry(ScsiTask task, ref ParameterDataWriter data)
    {
        // There are no pages here.
        if ((task.Cdb[1] & 0x01) != 0) return Sense.InvalidFieldInCdb(1, bit: 0);
        if (task.Cdb[2] != 0) return Sense.InvalidFieldInCdb(2);
        s_inquiryData.Write(ref data);
        return null;
    }

    private static Sense? WriteLuns(ScsiTask task, ref ParameterDataWriter data)
    {
        var generation = task.Nexus.InventoryGeneration;
        if (!LunReport.TryWrite((SelectReport)task.Cdb[2], task.Nexus.Map, ref data)) return Sense.InvalidFieldInCdb(2);
        task.Nexus.InventoryReported = generation;
        return null;
    }

    private static Sense? WriteSense(ScsiTask task, ref ParameterDataWriter data)
    {
        Span<byte> bytes = stackalloc byte[Sense.LengthMax];
        data.Write(bytes[..s_notSupported.Write(bytes, (task.Cdb[1] & 0x01) != 0)]);
        return null;
    }
}
