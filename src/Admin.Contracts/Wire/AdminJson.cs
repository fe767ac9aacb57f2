using System.Text.Json.Serialization;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Wire;

/// <summary>How everything on the administrator's socket is written: generated, no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(TextListConverter), typeof(NameValuesConverter)])]
[JsonSerializable(typeof(AdminRequest))]
[JsonSerializable(typeof(AdminReply))]
[JsonSerializable(typeof(NoArguments))]
[JsonSerializable(typeof(TargetArguments))]
[JsonSerializable(typeof(GroupArguments))]
[JsonSerializable(typeof(MemberArguments))]
[JsonSerializable(typeof(ViewEntryArguments))]
[JsonSerializable(typeof(ViewIndexArguments))]
[JsonSerializable(typeof(LogicalUnitArguments))]
[JsonSerializable(typeof(ViewArguments))]
[JsonSerializable(typeof(LuResourceArguments))]
[JsonSerializable(typeof(LuFileArguments))]
[JsonSerializable(typeof(LuPropertyArguments))]
[JsonSerializable(typeof(LuFilePropertyArguments))]
[JsonSerializable(typeof(GlobalLuPropertyArguments))]
[JsonSerializable(typeof(GlobalLuPropertyValueArguments))]
[JsonSerializable(typeof(StmfPropertyValueArguments))]
[JsonSerializable(typeof(StmfPropertyArguments))]
[JsonSerializable(typeof(ProviderArguments))]
[JsonSerializable(typeof(ProviderDataArguments))]
[JsonSerializable(typeof(PersistMethodArguments))]
[JsonSerializable(typeof(AluaArguments))]
[JsonSerializable(typeof(IscsiTargetSettingsArguments))]
[JsonSerializable(typeof(IscsiTargetArguments))]
[JsonSerializable(typeof(DeleteArguments))]
[JsonSerializable(typeof(IscsiPortalGroupArguments))]
[JsonSerializable(typeof(IscsiInitiatorArguments))]
[JsonSerializable(typeof(NameArguments))]
[JsonSerializable(typeof(IscsiDefaultsArguments))]
[JsonSerializable(typeof(StmfState))]
[JsonSerializable(typeof(NoValue))]
[JsonSerializable(typeof(IReadOnlyList<Devid>))]
[JsonSerializable(typeof(TargetProperties))]
[JsonSerializable(typeof(IReadOnlyList<SessionProperties>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ViewEntry))]
[JsonSerializable(typeof(IReadOnlyList<ViewEntry>))]
[JsonSerializable(typeof(StmfGuid))]
[JsonSerializable(typeof(IReadOnlyList<StmfGuid>))]
[JsonSerializable(typeof(LogicalUnitProperties))]
[JsonSerializable(typeof(LuResource))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ProtectedProviderData))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(IReadOnlyList<Provider>))]
[JsonSerializable(typeof(PersistMethod))]
[JsonSerializable(typeof(AluaState))]
[JsonSerializable(typeof(IReadOnlyList<IscsiTargetProperties>))]
[JsonSerializable(typeof(IReadOnlyList<IscsiPortalGroup>))]
[JsonSerializable(typeof(IReadOnlyList<IscsiInitiatorProperties>))]
[JsonSerializable(typeof(IscsiDefaults))]
[JsonSerializable(typeof(DaemonStatus))]
public sealed partial class AdminJson : JsonSerializerContext;
