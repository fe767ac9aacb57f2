using Lunette.Admin.Contracts.Documents;

namespace Lunette.Cli.Documents;

/// <summary>The secrets of a document: which it refers to, and the document with them in it.</summary>
internal static class DocumentSecrets
{
    public static IEnumerable<string> References(ConfigurationDocument document) =>
        (document.Targets ?? []).Select(target => target.ChapSecret)
            .Concat((document.Initiators ?? []).Select(initiator => initiator.ChapSecret))
            .Append(document.Iscsi?.RadiusSecret)
            .Select(secret => secret?.Reference).OfType<string>().Distinct();

    public static ConfigurationDocument FillIn(
        ConfigurationDocument document, IReadOnlyDictionary<string, string> known)
    {
        return document with
        {
            Iscsi = document.Iscsi is { } iscsi ? iscsi with { RadiusSecret = Shown(iscsi.RadiusSecret) } : null,
            Targets = document.Targets?.Select(
                target => target with { ChapSecret = Shown(target.ChapSecret) }).ToArray(),
            Initiators = document.Initiators?.Select(
                initiator => initiator with { ChapSecret = Shown(initiator.ChapSecret) }).ToArray(),
        };

        SecretText? Shown(SecretText? secret) =>
            secret?.Reference is { } reference && known.TryGetValue(reference, out var value)
                ? new SecretText { Value = value }
                : secret;
    }
}
