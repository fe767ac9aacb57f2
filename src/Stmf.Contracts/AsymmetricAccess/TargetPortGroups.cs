using System.Collections.Immutable;
using Lunette.Scsi;

namespace Lunette.Stmf.Contracts.AsymmetricAccess;

/// <summary>
/// The target port groups of one logical unit with their access states (SPC-6, Asymmetric logical unit access): an
/// immutable snapshot, shared by all logical units that have the same.
/// </summary>
public sealed class TargetPortGroups
{
    /// <summary>Makes a snapshot; each identifier stands once.</summary>
    public TargetPortGroups(ImmutableArray<TargetPortGroup> groups) => Groups = groups;

    /// <summary>One group, 1, without ports yet, active/optimized.</summary>
    public static TargetPortGroups Initial { get; } =
        new([new TargetPortGroup(1, AsymmetricAccessState.ActiveOptimized, Preferred: true, [])]);

    /// <summary>The groups, in the order REPORT TARGET PORT GROUPS lists them.</summary>
    public ImmutableArray<TargetPortGroup> Groups { get; }

    /// <summary>The access state through a group; unavailable through a group that is not one of ours.</summary>
    public AsymmetricAccessState StateOf(ushort group)
    {
        foreach (var candidate in Groups)
            if (candidate.Identifier == group) return candidate.State;
        return AsymmetricAccessState.Unavailable;
    }
}

/// <summary>One target port group of a logical unit.</summary>
/// <param name="Identifier">TARGET PORT GROUP.</param>
/// <param name="State">Its access state for the logical unit.</param>
/// <param name="Preferred">PREF: the group to be used where there is a choice.</param>
/// <param name="Ports">RELATIVE TARGET PORT IDENTIFIERs of its ports, ascending.</param>
public sealed record TargetPortGroup(
    ushort Identifier, AsymmetricAccessState State, bool Preferred, ImmutableArray<ushort> Ports);
