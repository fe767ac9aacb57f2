using System.Security.Cryptography;
using System.Text;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Disks;
using Lunette.Admin.Iscsi;
using Lunette.Stmf.Configuration;
using FrameworkResult = Lunette.Stmf.StmfResult;

namespace Lunette.Admin.Documents;

/// <summary>
/// What has to be done to make a document so: lines for people, edits of the configuration in an order that keeps its
/// rules, and the work on disks.
/// </summary>
internal sealed class DocumentPlan
{
    private readonly List<PlanLine> _lines = [];
    private readonly SortedDictionary<EditPhase, List<Func<ConfigurationEdit, FrameworkResult>>> _edits = [];

    public IReadOnlyList<PlanLine> Lines => _lines;

    /// <summary>iSCSI as it is to be.</summary>
    public required IscsitConfiguration Iscsi { get; set; }

    /// <summary>Whether it differs from what is.</summary>
    public bool IscsiChanges { get; set; }

    /// <summary>The URL of disks that have none of their own, where it changes.</summary>
    public string? ManagementUrl { get; set; }

    /// <summary>Secrets to be kept before anything refers to them.</summary>
    public List<(string Reference, string Secret)> Secrets { get; } = [];

    public List<DiskToAdd> DisksToAdd { get; } = [];

    public List<StmfGuid> DisksToRemove { get; } = [];

    public List<DiskPropertyChange> DiskChanges { get; } = [];

    public void Say(PlannedChange change, string text) => _lines.Add(new(change, text));

    public void Edit(EditPhase phase, Func<ConfigurationEdit, FrameworkResult> edit)
    {
        if (!_edits.TryGetValue(phase, out var edits)) _edits[phase] = edits = [];
        edits.Add(edit);
    }

    /// <summary>Carries the edits out, phase by phase, up to the first that is refused.</summary>
    public FrameworkResult Run(ConfigurationEdit edit)
    {
        foreach (var step in _edits.Values.SelectMany(steps => steps))
        {
            var done = step(edit);
            if (!done.Succeeded) return done;
        }
        return FrameworkResult.Success;
    }

    public ConfigurationPlan ToPlan()
    {
        var text = string.Join('\n', _lines);
        return new(Lines, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}

/// <summary>In which order edits are carried out, so that none stands in another's way.</summary>
internal enum EditPhase
{
    RemoveViews,
    RemoveMembers,
    RemoveGroups,
    CreateGroups,
    AddMembers,
    AddViewsWithLun,
    AddViewsWithoutLun,
    Settings,
    Providers,
}
