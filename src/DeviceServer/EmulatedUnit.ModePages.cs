using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.ModePages;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.SavedState;
using Lunette.DeviceServer.Tasks;
using Lunette.Runtime;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Mode pages and what goes with them.</content>
public abstract partial class EmulatedUnit
{
    private ControlSettings _control;
    private DurationLimits _durationLimits = DurationLimits.None;

    /// <summary>The mode pages with their values.</summary>
    public ModePageSet Modes { get; }

    /// <summary>What the control mode page says now. Any thread.</summary>
    public ControlSettings Control => Volatile.Read(ref _control);

    /// <summary>MEDIUM TYPE of the mode parameter header.</summary>
    protected internal virtual byte MediumType => 0;

    /// <summary>DEVICE-SPECIFIC PARAMETER of the mode parameter header: write protection, DPO and FUA.</summary>
    protected internal virtual byte DeviceSpecificParameter => 0;

    /// <summary>Writes the mode parameter block descriptors; none for devices without blocks.</summary>
    protected internal virtual void WriteBlockDescriptors(ref ParameterDataWriter data, bool longLba)
    {
    }

    /// <summary>
    /// Checks a block descriptor of MODE SELECT; the index of the byte that is refused, or -1. A device that cannot
    /// change its blocks accepts what it would report.
    /// </summary>
    /// <param name="descriptor">8 bytes, or 16 in the long form.</param>
    /// <param name="longLba">The long form.</param>
    protected internal virtual int CheckBlockDescriptor(ReadOnlySpan<byte> descriptor, bool longLba)
    {
        Span<byte> own = stackalloc byte[16];
        var writer = new ParameterDataWriter(own);
        WriteBlockDescriptors(ref writer, longLba);
        return writer.Length == 0 ? 0 : FirstDifference(descriptor, own);
    }

    private static int FirstDifference(ReadOnlySpan<byte> descriptor, ReadOnlySpan<byte> own)
    {
        var same = descriptor.CommonPrefixLength(own);
        return same == descriptor.Length ? -1 : same;
    }

    /// <summary>
    /// A MODE SELECT command has changed pages, or saved them; it ends with <paramref name="settled"/>. A device type
    /// that has something to do first (flush a cache that was switched off) does it here. On the command's loop.
    /// </summary>
    protected internal virtual void ModePagesChanged(TaskContext command, CommandStep settled) =>
        settled(this, command);

    /// <summary>
    /// The current values of the mode pages are others, by MODE SELECT or a reset. Under no lock; any loop. For values
    /// a device type keeps decoded.
    /// </summary>
    protected virtual void ModeValuesReplaced()
    {
    }

    /// <summary>
    /// The administrator sets a field of a mode page, now and for resets to come; every nexus hears of it. Any thread.
    /// </summary>
    protected void SetModeField(ModePage page, string field, uint value)
    {
        var index = Modes.IndexOf(page.Code, page.Subpage);
        Invariant.That(index >= 0, "the logical unit has the mode page");
        var effects = new Effects();
        lock (_gate)
        {
            Modes.SetCurrent(index, page.Write(Modes.Current(index).Span, field, value));
            Modes.SetSaved(index, page.Write(Modes.Saved(index).Span, field, value));
            EstablishForAll(AdditionalSense.ModeParametersChanged, except: null);
            DecodeControl(ref effects);
        }
        ModeValuesReplaced();
        effects.Act();
    }

    internal void ApplyModeChange(ModeChange change, bool save, ItlNexus by)
    {
        var effects = new Effects();
        lock (_gate)
        {
            var changed = false;
            foreach (var (index, values) in change.Pages)
            {
                changed |= !Modes.Current(index).Span.SequenceEqual(values);
                Modes.SetCurrent(index, values);
                if (save) Modes.SetSaved(index, values);
            }
            if (changed) EstablishForAll(AdditionalSense.ModeParametersChanged, except: by);
            DecodeControl(ref effects);
        }
        ModeValuesReplaced();
        effects.Act();
    }

    private void RevertModePages(ref Effects effects)
    {
        if (Modes.Revert()) DecodeControl(ref effects);
    }

    // Dormant tasks that another TST sets free are posted.
    private void DecodeControl(ref Effects effects)
    {
        var index = Modes.IndexOf(PrimaryModePages.Control.Code, 0);
        var control = ControlSettings.Decode(Modes.Current(index).Span);
        Volatile.Write(ref _control, control);
        _durationLimits = DurationLimits.Of(Modes);
        _tasks.InitialPriority = (int)Modes.Read(PrimaryModePages.ControlExtension, "INITIAL COMMAND PRIORITY");
        if (_tasks.PerNexus == control.TaskSetPerNexus) return;
        _tasks.PerNexus = control.TaskSetPerNexus;
        _tasks.Reconsider(ref effects.Posted);
    }

    private bool RestoreModePages(UnitState state)
    {
        var effects = new Effects();
        lock (_gate)
        {
            if (!ModeChange.TryRestore(state[StateSection.ModePages], Modes)) return false;
            Modes.Revert();
            DecodeControl(ref effects);
        }
        ModeValuesReplaced();
        effects.Act();
        return true;
    }
}
