namespace Lunette.Lu.Disk.Protection;

/// <summary>What the mode pages say of protection information now, decoded once per change.</summary>
/// <param name="ApplicationTagIsClients">ATO: the application tag is the application client's.</param>
/// <param name="ApplicationTagByPage">ATMPE: the Application Tag mode page says what it must be.</param>
/// <param name="ApplicationTag">What that page says.</param>
/// <param name="RejectsUnprotectedWrites">RWWP: a write without protection information is refused.</param>
/// <param name="ChecksNothingUnasked">DPICZ: a protect field of zero checks nothing.</param>
internal sealed record ProtectionControl(
    bool ApplicationTagIsClients,
    bool ApplicationTagByPage,
    ushort ApplicationTag,
    bool RejectsUnprotectedWrites,
    bool ChecksNothingUnasked)
{
    public static ProtectionControl Default { get; } = new(false, false, 0, false, false);
}
