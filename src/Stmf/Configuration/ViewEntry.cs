namespace Lunette.Stmf.Configuration;

/// <summary>One mapping of a logical unit: who sees it, through which target ports, at which LUN.</summary>
/// <param name="Index">Number of the entry among those of its logical unit.</param>
/// <param name="HostGroup">The host group; null is All.</param>
/// <param name="TargetGroup">The target group; null is All.</param>
/// <param name="Lun">The single-level LUN, 0 to 16383.</param>
public sealed record ViewEntry(uint Index, string? HostGroup, string? TargetGroup, int Lun)
{
    /// <summary>The pair of groups it maps to.</summary>
    public GroupPair Groups => new(HostGroup, TargetGroup);
}

/// <summary>A (host group, target group) pair; null is All.</summary>
/// <param name="HostGroup">The host group.</param>
/// <param name="TargetGroup">The target group.</param>
public readonly record struct GroupPair(string? HostGroup, string? TargetGroup)
{
    /// <summary>
    /// Whether some nexus could see both: in each dimension the names are equal or at least one is All.
    /// </summary>
    public bool Overlaps(GroupPair other) =>
        OverlapsIn(HostGroup, other.HostGroup) && OverlapsIn(TargetGroup, other.TargetGroup);

    /// <summary>
    /// Whether a nexus whose initiator and port are in these groups (null: in none) sees entries of the pair
    /// <paramref name="entry"/>.
    /// </summary>
    public bool Sees(GroupPair entry) =>
        (entry.HostGroup is null || entry.HostGroup == HostGroup)
        && (entry.TargetGroup is null || entry.TargetGroup == TargetGroup);

    private static bool OverlapsIn(string? left, string? right) => left is null || right is null || left == right;
}
