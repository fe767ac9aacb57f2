using System.Text.Json.Serialization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Contracts.Observation;
using Lunette.Cli.Adapters;
using Lunette.Cli.Disks;
using Lunette.Cli.Observation;

namespace Lunette.Cli.Output;

/// <summary>A target as <c>--json</c> shows it.</summary>
internal sealed record TargetView(TargetProperties Target, IReadOnlyList<SessionProperties> Sessions);

/// <summary>A logical unit as <c>--json</c> shows it; only a registered disk has properties.</summary>
internal sealed record LogicalUnitView(
    LogicalUnitProperties LogicalUnit, IReadOnlyList<ViewEntry> Views,
    IReadOnlyDictionary<LuProperty, string>? Properties);

/// <summary>A group as <c>--json</c> shows it.</summary>
internal sealed record GroupView(string Name, IReadOnlyList<Devid> Members);

/// <summary>The service as <c>--json</c> shows it.</summary>
internal sealed record ServiceView(StmfState State, AluaState Alua);

/// <summary>The service with everything that holds for it as a whole.</summary>
internal sealed record ServiceSettingsView(
    StmfState State, string DefaultDiskState, string DefaultTargetState, PersistMethod Persist, AluaState Alua,
    string ManagementUrl);

/// <summary>A disk with its view entries.</summary>
internal sealed record DiskViewsView(StmfGuid Disk, string Alias, IReadOnlyList<ViewEntry> Views);

/// <summary>How <c>--json</c> writes: names in camel case, states as words, indented.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<TargetView>))]
[JsonSerializable(typeof(IReadOnlyList<LogicalUnitView>))]
[JsonSerializable(typeof(IReadOnlyList<GroupView>))]
[JsonSerializable(typeof(IReadOnlyList<ViewEntry>))]
[JsonSerializable(typeof(ServiceView))]
[JsonSerializable(typeof(ServiceSettingsView))]
[JsonSerializable(typeof(IReadOnlyList<DiskViewsView>))]
[JsonSerializable(typeof(IReadOnlyList<Provider>))]
[JsonSerializable(typeof(IReadOnlyList<IscsiTargetProperties>))]
[JsonSerializable(typeof(IReadOnlyList<IscsiPortalGroup>))]
[JsonSerializable(typeof(IReadOnlyList<IscsiInitiatorProperties>))]
[JsonSerializable(typeof(IscsiDefaults))]
[JsonSerializable(typeof(DaemonStatus))]
[JsonSerializable(typeof(IReadOnlyList<AdapterProperties>))]
[JsonSerializable(typeof(IReadOnlyList<AdapterDevice>))]
[JsonSerializable(typeof(IReadOnlyList<AdapterFinding>))]
[JsonSerializable(typeof(AdapterPath[]))]
[JsonSerializable(typeof(IReadOnlyList<ErrorLogEntry>))]
[JsonSerializable(typeof(AdapterAnswer))]
[JsonSerializable(typeof(InquiryView))]
[JsonSerializable(typeof(CapacityView))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(IReadOnlyList<DiscoveredUnit>))]
[JsonSerializable(typeof(ActivityReport))]
[JsonSerializable(typeof(IReadOnlyList<StateTransition>))]
[JsonSerializable(typeof(CommandTrace))]
[JsonSerializable(typeof(SlowCommandReport))]
[JsonSerializable(typeof(TopView))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class CliJson : JsonSerializerContext;
