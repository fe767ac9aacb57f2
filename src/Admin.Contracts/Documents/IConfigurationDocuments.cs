namespace Lunette.Admin.Contracts.Documents;

/// <summary>The configuration as a file: written out, compared with what is, and made so.</summary>
public interface IConfigurationDocuments
{
    /// <summary>
    /// Writes out the whole configuration or a part of it; secrets stand in it as references.
    /// </summary>
    /// <param name="scope">What.</param>
    /// <param name="name">The target's name or the logical unit's GUID; null for the whole.</param>
    /// <returns>The document; <see cref="StmfStatus.NotFound"/>, <see cref="StmfStatus.InvalidArg"/>.</returns>
    ValueTask<StmfResult<ConfigurationDocument>> ExportConfigurationAsync(ExportScope scope, string? name);

    /// <summary>The secrets behind references, for a file that is to hold them.</summary>
    /// <returns>Those that are known, by reference.</returns>
    ValueTask<StmfResult<IReadOnlyDictionary<string, string>>> ExportSecretsAsync(IReadOnlyList<string> references);

    /// <summary>What applying a document would change now; nothing is changed.</summary>
    /// <returns>The plan, or why the document cannot be applied.</returns>
    ValueTask<StmfResult<ConfigurationPlan>> PlanConfigurationAsync(ConfigurationDocument document);

    /// <summary>
    /// Makes the configuration what a document says: all of it, in one transaction, or nothing. Applied again it
    /// changes nothing.
    /// </summary>
    /// <param name="document">The document.</param>
    /// <param name="fingerprint">Of the plan that was looked at; null takes whatever the plan is now.</param>
    /// <returns>What was changed; <see cref="StmfStatus.Busy"/> where the plan is another by now, else why nothing was
    /// changed.</returns>
    ValueTask<StmfResult<ConfigurationPlan>> ApplyConfigurationAsync(
        ConfigurationDocument document, string? fingerprint);
}
