using Lunette.Admin.Contracts.Verbs;
using Lunette.Verbs.Cases;

namespace Lunette.Verbs;

/// <summary>All cases, by their names.</summary>
internal static class VerbCases
{
    public static NoArguments Nothing { get; } = new();

    public static IReadOnlyDictionary<string, VerbCase> ByName { get; } = new[]
    {
        ServiceCases.All, TargetCases.All, GroupCases.All, ViewCases.All, DiskCases.All, DiskFileCases.All,
        SettingCases.All, IscsiCases.All, DocumentCases.All, ObservationCases.All, ProxyCases.All, AdapterCases.All,
    }.SelectMany(cases => cases).ToDictionary(one => one.Name);
}
