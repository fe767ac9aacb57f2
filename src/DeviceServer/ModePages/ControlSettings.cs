namespace Lunette.DeviceServer.ModePages;

/// <summary>What the control mode page says now (SPC-6, Control mode page), decoded once per change.</summary>
/// <param name="TaskSetPerNexus">TST is 001b: each I_T nexus has a task set of its own.</param>
/// <param name="QueueErrorManagement">QERR, 0 to 3.</param>
/// <param name="DescriptorSense">D_SENSE.</param>
/// <param name="UnitAttentionInterlock">UA_INTLCK_CTRL, 0 to 3.</param>
/// <param name="SoftwareWriteProtect">SWP.</param>
/// <param name="TaskAbortedStatus">TAS.</param>
public sealed record ControlSettings(
    bool TaskSetPerNexus,
    int QueueErrorManagement,
    bool DescriptorSense,
    int UnitAttentionInterlock,
    bool SoftwareWriteProtect,
    bool TaskAbortedStatus)
{
    /// <summary>Decodes the page.</summary>
    /// <param name="page">The 12 bytes of the page, header included.</param>
    public static ControlSettings Decode(ReadOnlySpan<byte> page) => new(
        page[2] >> 5 == 1, page[3] >> 1 & 3, (page[2] & 0x04) != 0, page[4] >> 4 & 3, (page[4] & 0x08) != 0,
        (page[5] & 0x40) != 0);
}
