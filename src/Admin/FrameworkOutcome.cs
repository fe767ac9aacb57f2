using Lunette.Admin.Contracts;
using Lunette.Stmf;
using Lunette.Stmf.Contracts;
using FrameworkResult = Lunette.Stmf.StmfResult;
using StmfResult = Lunette.Admin.Contracts.StmfResult;

namespace Lunette.Admin;

/// <summary>The framework's refusals in libstmf's codes, one row each.</summary>
internal static class FrameworkOutcome
{
    private static readonly Dictionary<Refusal, StmfStatus> s_codes = new()
    {
        [Refusal.None] = StmfStatus.Success,
        [Refusal.Busy] = StmfStatus.Busy,
        [Refusal.NotFound] = StmfStatus.NotFound,
        [Refusal.MemberNotFound] = StmfStatus.MemberNotFound,
        [Refusal.GroupNotFound] = StmfStatus.GroupNotFound,
        [Refusal.InvalidArgument] = StmfStatus.InvalidArg,
        [Refusal.ReservedName] = StmfStatus.Error,
        [Refusal.Exists] = StmfStatus.Exists,
        [Refusal.ServiceOnline] = StmfStatus.ServiceOnline,
        [Refusal.ServiceOffline] = StmfStatus.ServiceOffline,
        [Refusal.GroupInUse] = StmfStatus.GroupInUse,
        [Refusal.LunInUse] = StmfStatus.LunInUse,
        [Refusal.NoFreeLun] = StmfStatus.Error,
        [Refusal.ViewEntryConflict] = StmfStatus.VeConflict,
        [Refusal.ConfigurationNone] = StmfStatus.ConfigNone,
        [Refusal.InvalidHostGroup] = StmfStatus.InvalidHg,
        [Refusal.InvalidTargetGroup] = StmfStatus.InvalidTg,
        [Refusal.ProviderDataStale] = StmfStatus.ProvDataStale,
        [Refusal.TargetOnline] = StmfStatus.TgOnline,
        [Refusal.LogicalUnitExists] = StmfStatus.GuidInUse,
        [Refusal.LimitReached] = StmfStatus.NoMem,
        [Refusal.StoreFailed] = StmfStatus.Error,
        [Refusal.StoreVersion] = StmfStatus.ServiceDataVersion,
        [Refusal.TransitionFailed] = StmfStatus.Error,
    };

    /// <summary>The code of every refusal.</summary>
    public static IReadOnlyDictionary<Refusal, StmfStatus> Codes => s_codes;

    public static StmfResult ToAdmin(this FrameworkResult result) => new(s_codes[result.Refusal], result.Detail);

    public static async ValueTask<StmfResult> ToAdmin(this ValueTask<FrameworkResult> pending) =>
        (await pending).ToAdmin();

    public static LogicalUnitId ToFramework(this StmfGuid guid) => new(guid.High, guid.Low);

    public static StmfGuid ToAdmin(this LogicalUnitId id) => new(id.High, id.Low);
}
