using System.Collections.Immutable;
using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;

namespace Lunette.Admin.Iscsi;

/// <summary>What the administrator said about one iSCSI target.</summary>
/// <param name="Name">Its iSCSI name.</param>
/// <param name="Alias">Empty where there is none.</param>
/// <param name="Authentication">Null where the default holds.</param>
/// <param name="ChapUser">Who it says it is in mutual CHAP; empty for its name.</param>
/// <param name="ChapSecret">Reference of its secret for mutual CHAP; null where it has none.</param>
/// <param name="PortalGroups">Names of its portal groups; empty for the default one.</param>
public sealed record IscsitTarget(
    string Name, string Alias, IscsiAuthentication? Authentication, string ChapUser, string? ChapSecret,
    ImmutableArray<string> PortalGroups);

/// <summary>What the administrator said about one initiator that proves who it is.</summary>
/// <param name="Name">Its iSCSI name.</param>
/// <param name="ChapUser">The user name it gives; empty for its name.</param>
/// <param name="ChapSecret">Reference of its secret; null where it has none.</param>
public sealed record IscsitInitiator(string Name, string ChapUser, string? ChapSecret);

/// <summary>
/// Everything the administrator said about iSCSI: provider data of <c>iscsit</c>, as records. Secrets stand as
/// references. Its keys are COMSTAR's.
/// </summary>
public sealed record IscsitConfiguration
{
    /// <summary>A configuration in which nothing was said yet.</summary>
    public static IscsitConfiguration Empty { get; } = new();

    /// <summary>Targets by name.</summary>
    public ImmutableSortedDictionary<string, IscsitTarget> Targets { get; init; } =
        ImmutableSortedDictionary.Create<string, IscsitTarget>(StringComparer.Ordinal);

    /// <summary>Portal groups by name; the default one does not stand here.</summary>
    public ImmutableSortedDictionary<string, IscsiPortalGroup> PortalGroups { get; init; } =
        ImmutableSortedDictionary.Create<string, IscsiPortalGroup>(StringComparer.Ordinal);

    /// <summary>Initiators by name.</summary>
    public ImmutableSortedDictionary<string, IscsitInitiator> Initiators { get; init; } =
        ImmutableSortedDictionary.Create<string, IscsitInitiator>(StringComparer.Ordinal);

    /// <summary>How initiators prove who they are, where a target does not say otherwise.</summary>
    public IscsiAuthentication Authentication { get; init; }

    /// <summary>The RADIUS server; empty where there is none.</summary>
    public string RadiusServer { get; init; } = "";

    /// <summary>Reference of the RADIUS secret; null where there is none.</summary>
    public string? RadiusSecret { get; init; }

    /// <summary>Whether targets are registered with iSNS servers.</summary>
    public bool Isns { get; init; }

    /// <summary>The iSNS servers.</summary>
    public ImmutableArray<string> IsnsServers { get; init; } = [];

    /// <summary>References of all secrets.</summary>
    public IReadOnlySet<string> SecretReferences => Targets.Values.Select(target => target.ChapSecret)
        .Concat(Initiators.Values.Select(initiator => initiator.ChapSecret)).Append(RadiusSecret)
        .OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>As provider data.</summary>
    public NameValueList ToList() => NameValueList.Empty
        .With("targets", List(Targets.Values, target => target.Name, target => NameValueList.Empty
            .With("alias", NullWhenEmpty(target.Alias))
            .With("auth", target.Authentication is { } own ? Word(own) : null)
            .With("targetchapuser", NullWhenEmpty(target.ChapUser))
            .With("targetchapsecret", target.ChapSecret)
            .With("tpg-tag", target.PortalGroups.IsEmpty ? null : (IReadOnlyList<string>)target.PortalGroups)))
        .With("tpgs", List(PortalGroups.Values, group => group.Name, group => NameValueList.Empty
            .With("tag", group.Tag)
            .With("portals", group.Portals)))
        .With("initiators", List(Initiators.Values, initiator => initiator.Name, initiator => NameValueList.Empty
            .With("chapuser", NullWhenEmpty(initiator.ChapUser))
            .With("chapsecret", initiator.ChapSecret)))
        .With("auth", Word(Authentication))
        .With("radiusserver", NullWhenEmpty(RadiusServer))
        .With("radiussecret", RadiusSecret)
        .With("isns", Isns ? "true" : "false")
        .With("isnsserver", IsnsServers.IsEmpty ? null : (IReadOnlyList<string>)IsnsServers);

    /// <summary>From provider data; what is not understood is refused with its name.</summary>
    public static StmfResult<IscsitConfiguration> FromList(NameValueList list)
    {
        try
        {
            return new IscsitConfiguration
            {
                Targets = Read(list, "targets", ReadTarget),
                PortalGroups = Read(list, "tpgs", ReadPortalGroup),
                Initiators = Read(list, "initiators", (name, values) =>
                    new IscsitInitiator(name, values.FindText("chapuser") ?? "", values.FindText("chapsecret"))),
                Authentication = ReadAuthentication(list.FindText("auth")) ?? IscsiAuthentication.None,
                RadiusServer = list.FindText("radiusserver") ?? "",
                RadiusSecret = list.FindText("radiussecret"),
                Isns = list.FindText("isns") == "true",
                IsnsServers = [.. list.Find("isnsserver")?.Texts ?? []],
            };
        }
        catch (FormatException wrong)
        {
            return new StmfResult(StmfStatus.InvalidArg, "provider data of iscsit: " + wrong.Message);
        }
    }

    /// <summary>The word for an authentication, as the commands and the stored form have it.</summary>
    public static string Word(IscsiAuthentication authentication) => authentication switch
    {
        IscsiAuthentication.Chap => "chap",
        IscsiAuthentication.Radius => "radius",
        _ => "none",
    };

    private static IscsitTarget ReadTarget(string name, NameValueList values) => new(
        name, values.FindText("alias") ?? "", ReadAuthentication(values.FindText("auth")),
        values.FindText("targetchapuser") ?? "", values.FindText("targetchapsecret"),
        [.. values.Find("tpg-tag")?.Texts ?? []]);

    private static IscsiPortalGroup ReadPortalGroup(string name, NameValueList values)
    {
        var tag = values.Find("tag")?.Unsigned;
        if (tag is not (>= 2 and <= ushort.MaxValue)) throw new FormatException($"portal group {name} has tag {tag}");
        return new(name, (ushort)tag, values.Find("portals")?.Texts ?? []);
    }

    private static IscsiAuthentication? ReadAuthentication(string? word) => word switch
    {
        null => null,
        "none" => IscsiAuthentication.None,
        "chap" => IscsiAuthentication.Chap,
        "radius" => IscsiAuthentication.Radius,
        _ => throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"no such authentication: {word}")),
    };

    private static ImmutableSortedDictionary<string, T> Read<T>(
        NameValueList list, string name, Func<string, NameValueList, T> read)
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        foreach (var value in list.FindList(name)?.Values ?? [])
            all[value.Name] = read(value.Name, value.List ?? NameValueList.Empty);
        return all.ToImmutable();
    }

    private static NameValueList List<T>(IEnumerable<T> items, Func<T, string> name, Func<T, NameValueList> write) =>
        new([.. items.Select(item => new NameValue(name(item), NameValueType.List) { List = write(item) })]);

    private static string? NullWhenEmpty(string text) => text.Length == 0 ? null : text;
}
