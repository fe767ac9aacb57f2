using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Stmf.Configuration;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using static Lunette.Verbs.VerbCases;
using AluaState = Lunette.Admin.Contracts.AluaState;
using ProviderType = Lunette.Admin.Contracts.ProviderType;
using StoredType = Lunette.Stmf.Configuration.ProviderType;

namespace Lunette.Verbs.Cases;

/// <summary>Default states, provider data, persistence, asymmetric access.</summary>
internal static class SettingCases
{
    private static readonly ProviderArguments s_acme = new("acme", ProviderType.LogicalUnit);
    private static readonly StmfPropertyValueArguments s_offline = new(StmfProperty.DefaultLuState, "offline");
    private static readonly AluaArguments s_off = new(new AluaState(false, 0));

    public static IReadOnlyList<VerbCase> All =>
    [
        Small(StmfVerbs.SetStmfProp, Success, _ => s_offline),
        Small(StmfVerbs.SetStmfProp, ConfigNone, world => WithoutConfigurationAsync(world, s_offline)),
        Small(StmfVerbs.GetStmfProp, Success, _ => new StmfPropertyArguments(StmfProperty.DefaultTargetPortState)),
        Small(StmfVerbs.LoadStmfProps, Success, _ => Nothing),
        Small(StmfVerbs.LoadStmfProps, ConfigNone, world => WithoutConfigurationAsync(world, Nothing)),

        Small(StmfVerbs.GetProviderData, Success, async world =>
        {
            await SetAsync(world);
            return s_acme;
        }),
        Small(StmfVerbs.GetProviderData, NotFound, _ => s_acme),
        Small(StmfVerbs.SetProviderData, Success, _ => Data(token: null)),
        Small(StmfVerbs.SetProviderData, ProvDataStale, async world =>
        {
            await SetAsync(world);
            return Data(token: 0);
        }),
        Small(StmfVerbs.SetProviderData, NoMem, async world =>
        {
            await world.FillAsync(edit =>
            {
                var done = Stmf.StmfResult.Success;
                for (var i = 0; i < ConfigurationLimits.Providers && done.Succeeded; i++)
                {
                    var provider = new ProviderKey(StoredType.LogicalUnit, $"provider {i}");
                    done = edit.SetProviderData(provider, default, token: null).Outcome;
                }
                return done;
            });
            return Data(token: null);
        }),
        Small(StmfVerbs.SetProviderData, ConfigNone, world => WithoutConfigurationAsync(world, Data(token: null))),
        Small(StmfVerbs.ClearProviderData, Success, async world =>
        {
            await SetAsync(world);
            return s_acme;
        }),
        Small(StmfVerbs.ClearProviderData, NotFound, _ => s_acme),
        Small(StmfVerbs.ClearProviderData, ConfigNone, world => WithoutConfigurationAsync(world, s_acme)),
        Small(StmfVerbs.GetProviderDataList, Success, _ => Nothing),

        Small(StmfVerbs.GetPersistMethod, Success, _ => Nothing),
        Small(StmfVerbs.GetPersistMethod, PersistType, world =>
        {
            world.Kit.ChangeStore("DROP TABLE property");
            return Nothing;
        }),
        Small(StmfVerbs.SetPersistMethod, Success, _ => new PersistMethodArguments(PersistMethod.None)),
        Small(StmfVerbs.SetPersistMethod, PersistType, world =>
        {
            world.Kit.ChangeStore("DROP TABLE property");
            return new PersistMethodArguments(PersistMethod.None);
        }),

        Small(StmfVerbs.GetAluaState, Success, _ => Nothing),
        Small(StmfVerbs.SetAluaState, Success, _ => s_off),
        Small(StmfVerbs.SetAluaState, LuBusy, async world =>
        {
            var disk = await world.MakeDiskAsync();
            SmallWorld.Must(await world.Admin.SetAluaStateAsync(new AluaState(true, 0)));
            SmallWorld.Must(await world.Admin.LuStandbyAsync(disk));
            world.Kit.Disks.Refusal = "commands are under way";
            return s_off;
        }),
        Small(StmfVerbs.SetAluaState, ConfigNone, world => WithoutConfigurationAsync(world, s_off)),
    ];

    private static ProviderDataArguments Data(ulong? token) =>
        new("acme", ProviderType.LogicalUnit, NameValueList.Empty.With("a", "1"), token);

    private static async Task SetAsync(SmallWorld world) => SmallWorld.Must(await world.Admin.SetProviderDataAsync(
        "acme", ProviderType.LogicalUnit, NameValueList.Empty.With("a", "0"), token: null));

    private static async Task<T> WithoutConfigurationAsync<T>(SmallWorld world, T arguments)
    {
        await world.LoseConfigurationAsync();
        return arguments;
    }
}
