using System.Text;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Documents;
using Lunette.Admin.Iscsi;
using Lunette.Stmf.Configuration;
using FrameworkResult = Lunette.Stmf.StmfResult;
using Refusal = Lunette.Stmf.Refusal;

namespace Lunette.Admin;

/// <content>The configuration as a file.</content>
public sealed partial class Administrator
{
    private const int ApplyAttemptsMax = 8;

    /// <inheritdoc/>
    public async ValueTask<StmfResult<ConfigurationDocument>> ExportConfigurationAsync(
        ExportScope scope, string? name)
    {
        using var heldDisks = await disks.HoldAsync();
        var now = Now();
        if (!now.Succeeded) return now.WithoutValue;
        switch (scope)
        {
            case ExportScope.Whole:
                return DocumentExport.Whole(now.Value!);
            case ExportScope.Target:
                var target = name is not null && IscsitRules.TryName(name, out var folded)
                    ? DocumentExport.OneTarget(now.Value!, folded) : null;
                return target is null ? NoIscsiTarget(name ?? "") : target;
            case ExportScope.LogicalUnit:
                if (!StmfGuid.TryParse(name, out var guid)) return StmfStatus.InvalidArg;
                var disk = DocumentExport.OneDisk(now.Value!, guid);
                return disk is null ? NoUnit(guid) : disk;
            default:
                return StmfStatus.InvalidArg;
        }
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyDictionary<string, string>>> ExportSecretsAsync(
        IReadOnlyList<string> references)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var reference in references)
            if (FindSecret(reference) is { } secret) known[reference] = secret;
        return new(new StmfResult<IReadOnlyDictionary<string, string>>(StmfStatus.Success, known));
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<ConfigurationPlan>> PlanConfigurationAsync(ConfigurationDocument document)
    {
        using var heldDisks = await disks.HoldAsync();
        var planned = PlanNow(document, out _);
        if (!planned.Succeeded) return planned.WithoutValue;
        var tried = framework.Plan(edit => Run(planned.Value!, edit));
        return tried.Succeeded ? planned.Value!.ToPlan() : tried.Outcome.ToAdmin();
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<ConfigurationPlan>> ApplyConfigurationAsync(
        ConfigurationDocument document, string? fingerprint)
    {
        var shared = framework.Configuration.Alua.Enabled;
        var applied = await ApplyHeldAsync(document, fingerprint);
        if (!applied.Succeeded || !shared || framework.Configuration.Alua.Enabled) return applied;
        var deleted = await DeleteStandbyAsync();
        return deleted.Succeeded ? applied : deleted;
    }

    private async ValueTask<StmfResult<ConfigurationPlan>> ApplyHeldAsync(
        ConfigurationDocument document, string? fingerprint)
    {
        using var heldDisks = await disks.HoldAsync();
        using var heldTargets = await iscsi.HoldAsync();
        for (var attempt = 0; attempt < ApplyAttemptsMax; attempt++)
        {
            var planned = PlanNow(document, out var now);
            if (!planned.Succeeded) return planned.WithoutValue;
            var plan = planned.Value!.ToPlan();
            if (fingerprint is not null && fingerprint != plan.Fingerprint)
                return new StmfResult(StmfStatus.Busy, "the configuration has changed since the plan was shown");
            if (plan.Lines.Count == 0) return plan;
            var (done, stale) = await CarryOutAsync(planned.Value!, now!);
            if (!stale) return done.Succeeded ? plan : done;
        }
        return new StmfResult(StmfStatus.Busy, "others keep changing the configuration");
    }

    // Everything that can fail comes before the transaction, and is taken back when that fails.
    private async ValueTask<(StmfResult Done, bool Stale)> CarryOutAsync(DocumentPlan plan, ConfigurationState from)
    {
        foreach (var (reference, secret) in plan.Secrets) secrets.Set(reference, secret);
        var work = disks.Begin();
        var done = await work.PrepareAsync(plan);
        var stale = false;
        if (done.Succeeded)
        {
            done = await framework.ChangeAsync(edit =>
            {
                stale = !ReferenceEquals(framework.Configuration, from.Framework);
                if (stale) return FrameworkResult.Refused(Refusal.Busy, "changed meanwhile");
                var ran = Run(plan, edit);
                if (ran.Succeeded) work.StaysWithThisChange();
                return ran;
            }).ToAdmin();
        }
        if (!done.Succeeded)
        {
            await work.UndoAsync();
            return (done, stale);
        }
        await work.FinishAsync();
        if (plan.ManagementUrl is not null) disks.UseDefaultManagementUrl();
        if (plan.IscsiChanges) done = await iscsi.CarryOutAsync(plan.Iscsi);
        return (done, false);
    }

    private FrameworkResult Run(DocumentPlan plan, ConfigurationEdit edit)
    {
        var done = plan.Run(edit);
        if (done.Succeeded && plan.IscsiChanges) done = iscsi.Write(edit, plan.Iscsi);
        if (done.Succeeded && plan.ManagementUrl is { } url) done = disks.SetDefaultManagementUrl(edit, url);
        return done;
    }

    private StmfResult<DocumentPlan> PlanNow(ConfigurationDocument document, out ConfigurationState? state)
    {
        var now = Now();
        state = now.Value;
        return now.Succeeded
            ? new DocumentPlanner(now.Value!, document, FindSecret, NewReference).Plan()
            : now.WithoutValue;
    }

    private StmfResult<ConfigurationState> Now()
    {
        var configuration = framework.Configuration;
        var targets = iscsi.Configuration;
        return targets.Succeeded
            ? new ConfigurationState(configuration, targets.Value!, disks.Describe(), disks.DefaultManagementUrl)
            : targets.WithoutValue;
    }

    private string? FindSecret(string reference) =>
        secrets.Find(reference) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
