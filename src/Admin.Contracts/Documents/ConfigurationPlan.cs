namespace Lunette.Admin.Contracts.Documents;

/// <summary>What happens to something when a document is applied.</summary>
public enum PlannedChange
{
    /// <summary>It comes.</summary>
    Add,

    /// <summary>It goes.</summary>
    Remove,

    /// <summary>It stays and is not as before.</summary>
    Change,
}

/// <summary>One line of a plan.</summary>
/// <param name="Change">What happens.</param>
/// <param name="Text">To what, and how.</param>
public sealed record PlanLine(PlannedChange Change, string Text)
{
    /// <summary>The line as people read it: <c>+</c>, <c>-</c> or <c>~</c>, and the text.</summary>
    public override string ToString() => (Change switch
    {
        PlannedChange.Add => "+ ",
        PlannedChange.Remove => "- ",
        _ => "~ ",
    }) + Text;
}

/// <summary>What applying a document would change, or has changed.</summary>
/// <param name="Lines">Empty where everything is as the document says.</param>
/// <param name="Fingerprint">Tells this plan from any other: whoever applies says which one was looked at.</param>
public sealed record ConfigurationPlan(IReadOnlyList<PlanLine> Lines, string Fingerprint);

/// <summary>What is exported.</summary>
public enum ExportScope
{
    /// <summary>The whole configuration.</summary>
    Whole,

    /// <summary>One iSCSI target, with its portal groups and its target group.</summary>
    Target,

    /// <summary>One logical unit, with its view entries and the groups they name.</summary>
    LogicalUnit,
}
