using Lunette.Admin.Contracts.Documents;
using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>The configuration as a file.</summary>
public static partial class StmfVerbs
{
    /// <summary>Writes out the configuration, or a part of it.</summary>
    public static AdminVerb<ExportArguments, ConfigurationDocument> ExportConfiguration { get; } = new()
    {
        Name = "ExportConfiguration",
        Access = VerbAccess.Read,
        Summary = "writes the configuration, one target or one disk as a file",
        Codes = [StmfStatus.NotFound],
        Commands = ["lunette export"],
        ArgumentsInfo = Json.Default.ExportArguments,
        ValueInfo = Json.Default.ConfigurationDocument,
        Call = (admin, a) => admin.ExportConfigurationAsync(a.Scope, a.Name),
    };

    /// <summary>The secrets behind references. It counts as a change: whoever may only look may not see them.</summary>
    public static AdminVerb<ReferencesArguments, IReadOnlyDictionary<string, string>> ExportSecrets { get; } = new()
    {
        Name = "ExportSecrets",
        Access = VerbAccess.Change,
        Summary = "the secrets behind references",
        Commands = ["lunette export --with-secrets"],
        ArgumentsInfo = Json.Default.ReferencesArguments,
        ValueInfo = Json.Default.IReadOnlyDictionaryStringString,
        Call = (admin, a) => admin.ExportSecretsAsync(a.References),
    };

    /// <summary>What applying a document would change.</summary>
    public static AdminVerb<DocumentArguments, ConfigurationPlan> PlanConfiguration { get; } = new()
    {
        Name = "PlanConfiguration",
        Access = VerbAccess.Read,
        Summary = "shows what applying a file would change",
        Codes =
        [
            StmfStatus.NotFound, StmfStatus.MissingPropVal, StmfStatus.InvalidProp, StmfStatus.InvalidPropSize,
            StmfStatus.SizeOutOfRange, StmfStatus.DataFileName, StmfStatus.FileInUse, StmfStatus.Exists,
            StmfStatus.GroupInUse, StmfStatus.InvalidHg, StmfStatus.InvalidTg, StmfStatus.VeConflict,
            StmfStatus.LunInUse, StmfStatus.TgOnline, StmfStatus.ServiceDataVersion, StmfStatus.NoMem,
            StmfStatus.ConfigNone,
        ],
        Commands = ["lunette apply"],
        ArgumentsInfo = Json.Default.DocumentArguments,
        ValueInfo = Json.Default.ConfigurationPlan,
        Call = (admin, a) => admin.PlanConfigurationAsync(a.Document),
    };

    /// <summary>Makes the configuration what a document says.</summary>
    public static AdminVerb<ApplyArguments, ConfigurationPlan> ApplyConfiguration { get; } = new()
    {
        Name = "ApplyConfiguration",
        Access = VerbAccess.Change,
        Summary = "makes the configuration what a file says, all or nothing",
        Preconditions = "the plan is the one that was shown",
        Codes =
        [
            StmfStatus.Busy, StmfStatus.NotFound, StmfStatus.MissingPropVal, StmfStatus.InvalidProp,
            StmfStatus.InvalidPropSize, StmfStatus.SizeOutOfRange, StmfStatus.DataFileName, StmfStatus.FileInUse,
            StmfStatus.Exists, StmfStatus.GroupInUse, StmfStatus.InvalidHg, StmfStatus.InvalidTg, StmfStatus.VeConflict,
            StmfStatus.LunInUse, StmfStatus.TgOnline, StmfStatus.ServiceDataVersion, StmfStatus.NoMem,
            StmfStatus.ConfigNone, StmfStatus.GuidInUse, StmfStatus.InvalidBlkSize, StmfStatus.FileSizeInvalid,
            StmfStatus.MetaCreation, StmfStatus.LuBusy,
        ],
        Commands = ["lunette apply"],
        ArgumentsInfo = Json.Default.ApplyArguments,
        ValueInfo = Json.Default.ConfigurationPlan,
        Call = (admin, a) => admin.ApplyConfigurationAsync(a.Document, a.Fingerprint),
    };
}

/// <summary>What to export.</summary>
/// <param name="Scope">What kind of thing.</param>
/// <param name="Name">Which; null for the whole configuration.</param>
public sealed record ExportArguments(ExportScope Scope, string? Name);

/// <summary>References of secrets.</summary>
/// <param name="References">They.</param>
public sealed record ReferencesArguments(IReadOnlyList<string> References);

/// <summary>A document.</summary>
/// <param name="Document">It.</param>
public sealed record DocumentArguments(ConfigurationDocument Document);

/// <summary>A document to be made so.</summary>
/// <param name="Document">It.</param>
/// <param name="Fingerprint">Of the plan that was looked at; null for any.</param>
public sealed record ApplyArguments(ConfigurationDocument Document, string? Fingerprint);
