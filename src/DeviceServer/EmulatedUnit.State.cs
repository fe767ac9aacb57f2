using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.ModePages;
using Lunette.DeviceServer.Tasks;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>What the logical unit keeps, how it begins, and what resets do to it.</content>
public abstract partial class EmulatedUnit
{
    private ControlSettings _control = ControlSettings.Decode([0x0A, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>What the control mode page says now. Any thread.</summary>
    public ControlSettings Control => Volatile.Read(ref _control);

    /// <summary>
    /// The rows of a device type: its own, and those of SPC that it does not replace. Made once for all its logical
    /// units.
    /// </summary>
    public static CommandTable<SupportedCommand> TableOf(params IReadOnlyList<SupportedCommand> own)
    {
        List<SupportedCommand> rows = [.. own];
        foreach (var row in PrimaryHandlers.Rows)
        {
            var replaced = rows.Any(r => r.Descriptor.OperationCode == row.Descriptor.OperationCode
                && r.Descriptor.ServiceAction == row.Descriptor.ServiceAction);
            if (!replaced) rows.Add(row);
        }
        return new CommandTable<SupportedCommand>(rows, static row => row.Descriptor);
    }

    /// <summary>Decodes the control mode page anew after a change; dormant tasks that TST sets free are
    /// posted.</summary>
    internal void ApplyControl(ReadOnlySpan<byte> page)
    {
        var control = ControlSettings.Decode(page);
        var effects = new Effects();
        lock (_gate)
        {
            Volatile.Write(ref _control, control);
            _tasks.PerNexus = control.TaskSetPerNexus;
            _tasks.Reconsider(ref effects.Posted);
        }
        effects.Act();
    }
}
