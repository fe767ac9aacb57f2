using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Wire;

/// <content>The configuration as a file.</content>
public sealed partial class RemoteAdmin
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<ConfigurationDocument>> ExportConfigurationAsync(ExportScope scope, string? name) =>
        CallAsync(StmfVerbs.ExportConfiguration, new(scope, name));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyDictionary<string, string>>> ExportSecretsAsync(
        IReadOnlyList<string> references) => CallAsync(StmfVerbs.ExportSecrets, new(references));

    /// <inheritdoc/>
    public ValueTask<StmfResult<ConfigurationPlan>> PlanConfigurationAsync(ConfigurationDocument document) =>
        CallAsync(StmfVerbs.PlanConfiguration, new(document));

    /// <inheritdoc/>
    public ValueTask<StmfResult<ConfigurationPlan>> ApplyConfigurationAsync(
        ConfigurationDocument document, string? fingerprint) =>
        CallAsync(StmfVerbs.ApplyConfiguration, new(document, fingerprint));
}
