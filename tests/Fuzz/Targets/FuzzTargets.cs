using Lunette.Fuzz.Engine;

namespace Lunette.Fuzz.Targets;

/// <summary>The table of targets: what <c>./dev fuzz</c> lists and <c>./test</c> runs.</summary>
internal static class FuzzTargets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. ScsiTargets.Rows,
        .. TextTargets.Rows,
        .. PduTargets.Rows,
        .. LoginTargets.Rows,
        .. DiskTargets.Rows,
        .. SessionTargets.Rows,
        .. InitiatorTargets.Rows,
        .. AdminTargets.Rows,
        .. VerbTargets.Rows,
        .. StateTargets.Rows,
        .. OutsideTargets.Rows,
        .. ProxyTargets.Rows,
    ];

    /// <summary>A target by its name.</summary>
    public static FuzzTarget Find(string name) => All.First(target => target.Name == name);
}
