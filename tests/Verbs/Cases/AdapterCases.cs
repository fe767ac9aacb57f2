using Lunette.Admin.Adapters;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Contracts.Verbs;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using static Lunette.Verbs.VerbCases;

namespace Lunette.Verbs.Cases;

/// <summary>Adapters: running, configured and not running, unknown, and a process that hosts none.</summary>
internal static class AdapterCases
{
    private const string Adapter = "vscsi0";
    private static readonly NameArguments s_name = new(Adapter);
    private static readonly AdapterSettings s_settings =
        new(Adapter, AdapterTransportType.Virtual, null, [new() { ScsiId = 1 }]);
    private static readonly AdapterSettingsArguments s_configure = new(s_settings);
    private static readonly AdapterOperationArguments s_start = new(Adapter, AdapterOperationType.Start, 1, 0);
    private static readonly AdapterCommandArguments s_ready = new()
    {
        Adapter = Adapter,
        ScsiId = 1,
        Lun = 0,
        Cdb = new byte[6],
    };

    public static IReadOnlyList<VerbCase> All =>
    [
        Small(StmfVerbs.GetAdapters, Success, _ => Nothing),
        Small(StmfVerbs.GetAdapters, ServiceNotFound, world => WithoutAdaptersAsync(world, Nothing)),
        Whole(StmfVerbs.ConfigureAdapter, Success, _ => s_configure),
        Whole(StmfVerbs.ConfigureAdapter, Busy, async world =>
        {
            await StartAsync(world);
            return s_configure;
        }),
        Small(StmfVerbs.ConfigureAdapter, NoMem, async world =>
        {
            for (var i = 0; i < AdapterHost.AdaptersMax; i++)
                await world.Admin.ConfigureAdapterAsync(s_settings with { Name = $"vscsi{i + 1}" });
            return s_configure;
        }),
        Small(StmfVerbs.ConfigureAdapter, ServiceNotFound, world => WithoutAdaptersAsync(world, s_configure)),
        Whole(StmfVerbs.RemoveAdapter, Success, world => ConfigureAsync(world, s_name)),
        Small(StmfVerbs.RemoveAdapter, NotFound, _ => s_name),
        Whole(StmfVerbs.RemoveAdapter, Busy, async world =>
        {
            await StartAsync(world);
            return s_name;
        }),
        Small(StmfVerbs.RemoveAdapter, ServiceNotFound, world => WithoutAdaptersAsync(world, s_name)),
        .. OfOneAdapter(StmfVerbs.GetAdapterDevices, s_name),
        .. OfOneAdapter(StmfVerbs.DiscoverAdapter, s_name),
        .. OfOneAdapter(StmfVerbs.OperateAdapter, s_start),
        .. OfOneAdapter(StmfVerbs.SendAdapterCommand, s_ready),
        Small(StmfVerbs.GetErrorLog, Success, _ => new ErrorLogArguments(new())),
        Small(StmfVerbs.GetErrorLog, ServiceNotFound, world =>
            WithoutAdaptersAsync(world, new ErrorLogArguments(new()))),
        Small(StmfVerbs.ClearErrorLog, Success, _ => new ErrorLogClearArguments(null)),
        Small(StmfVerbs.ClearErrorLog, ServiceNotFound, world =>
            WithoutAdaptersAsync(world, new ErrorLogClearArguments(null))),
    ];

    private static VerbCase[] OfOneAdapter<TArguments, TValue>(
        AdminVerb<TArguments, TValue> verb, TArguments arguments)
        where TArguments : class =>
    [
        Whole(verb, Success, world => ConfigureAsync(world, arguments)),
        Small(verb, NotFound, _ => arguments),
        Small(verb, ServiceOffline, async world =>
        {
            // Nothing makes transports in the small world: it stays configured and does not run.
            Assert.False((await world.Admin.ConfigureAdapterAsync(s_settings)).Succeeded);
            return arguments;
        }),
        Small(verb, ServiceNotFound, world => WithoutAdaptersAsync(world, arguments)),
    ];

    private static async Task<T> WithoutAdaptersAsync<T>(SmallWorld world, T arguments)
    {
        await world.BeginAgainAsync(hostsAdapters: false);
        return arguments;
    }

    private static async Task<T> ConfigureAsync<T>(WholeWorld world, T arguments)
    {
        SmallWorld.Must(await world.Admin.ConfigureAdapterAsync(s_settings));
        return arguments;
    }

    private static async Task StartAsync(WholeWorld world)
    {
        await ConfigureAsync(world, s_name);
        var started = await world.Admin.OperateAdapterAsync(s_start);
        Assert.True(started.Required.Succeeded, started.Required.Meaning);
    }
}
