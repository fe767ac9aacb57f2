using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using AluaState = Lunette.Stmf.Configuration.AluaState;

namespace Lunette.Admin.Documents;

/// <summary>
/// Compares a document with what is and says what has to be done. It judges what the document says by itself; the rules
/// of groups and views are the configuration's own, which refuses when the plan is carried out or tried.
/// </summary>
/// <param name="now">What is.</param>
/// <param name="wanted">What is to be.</param>
/// <param name="secrets">A secret that is kept under a reference; null where there is none.</param>
/// <param name="newReference">A reference for a new secret, of a kind and an owner.</param>
internal sealed partial class DocumentPlanner(
    ConfigurationState now, ConfigurationDocument wanted, Func<string, string?> secrets,
    Func<string, string, string> newReference)
{
    private readonly DocumentPlan _plan = new() { Iscsi = now.Iscsi };

    /// <summary>The plan, or why the document cannot be applied.</summary>
    public StmfResult<DocumentPlan> Plan()
    {
        if (wanted.Lunette != ConfigurationDocument.CurrentFormat)
            return new StmfResult(StmfStatus.ServiceDataVersion, $"the document has format {wanted.Lunette}");
        foreach (var part in (ReadOnlySpan<Func<StmfResult>>)[PlanService, PlanIscsi, PlanGroups, PlanDisks])
        {
            var planned = part();
            if (!planned.Succeeded) return planned;
        }
        return _plan;
    }

    private StmfResult PlanService()
    {
        if (wanted.Service is not { } service) return StmfStatus.Success;
        var properties = now.Framework.Properties;
        var changed = properties with
        {
            LogicalUnitsOnline = service.LogicalUnitsOnline ?? properties.LogicalUnitsOnline,
            TargetPortsOnline = service.TargetsOnline ?? properties.TargetPortsOnline,
        };
        Compare("logical units online by default", properties.LogicalUnitsOnline, changed.LogicalUnitsOnline);
        Compare("targets online by default", properties.TargetPortsOnline, changed.TargetPortsOnline);
        if (changed != properties) _plan.Edit(EditPhase.Settings, edit => edit.SetProperties(changed));

        var alua = now.Framework.Alua;
        var shared = new AluaState(service.Alua ?? alua.Enabled, service.Node ?? alua.Node);
        Compare("ALUA", alua.Enabled, shared.Enabled);
        if (alua.Node != shared.Node) _plan.Say(PlannedChange.Change, $"ALUA node {alua.Node} -> {shared.Node}");
        if (shared != alua) _plan.Edit(EditPhase.Settings, edit => edit.SetAlua(shared));

        if (service.ManagementUrl is { } url && url != now.ManagementUrl)
        {
            var judged = LuPropertyRow.Find(LuProperty.MgmtUrl)!.Check(url);
            if (!judged.Succeeded) return judged.WithoutValue;
            _plan.Say(PlannedChange.Change, Changed("management URL", now.ManagementUrl, url));
            _plan.ManagementUrl = url;
        }
        return StmfStatus.Success;
    }

    private void Compare(string what, bool before, bool after)
    {
        if (before != after) _plan.Say(PlannedChange.Change, $"{what} {Word(before)} -> {Word(after)}");

        static string Word(bool on) => on ? "on" : "off";
    }

    private static string Changed(string what, string before, string after) =>
        $"{what} \"{before}\" -> \"{after}\"";

    private static StmfResult<Dictionary<TKey, T>> Index<TKey, T>(
        IReadOnlyList<T>? items, Func<T, TKey> key, string what)
        where TKey : notnull
    {
        var index = new Dictionary<TKey, T>();
        foreach (var item in items ?? [])
        {
            if (!index.TryAdd(key(item), item))
                return new StmfResult(StmfStatus.InvalidArg, $"{what} {key(item)} stands twice in the document");
        }
        return index;
    }
}
