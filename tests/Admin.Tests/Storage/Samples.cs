using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

namespace Lunette.Admin.Tests.Storage;

/// <summary>Configurations to store.</summary>
internal static class Samples
{
    public static ProviderKey Iscsit => new(ProviderType.Port, "iscsit");

    public static LogicalUnitId Unit(int number) => new(0x6000000000000000, (ulong)number);

    /// <summary>One of everything, and as many host groups as asked for.</summary>
    public static IReadOnlyList<ConfigurationChange> Changes(int groups)
    {
        var changes = new List<ConfigurationChange>
        {
            new PropertiesSet(new StmfProperties(LogicalUnitsOnline: false)),
            new AluaSet(new AluaState(Enabled: true, Node: 1)),
        };
        for (var i = 0; i < groups; i++)
        {
            changes.Add(new GroupCreated(GroupKind.Host, $"hosts-{i:D4}"));
            changes.Add(new MemberAdded(GroupKind.Host, $"hosts-{i:D4}", $"iqn.2026-11.example:host-{i}"));
        }
        changes.Add(new GroupCreated(GroupKind.Target, "targets"));
        changes.Add(new MemberAdded(GroupKind.Target, "targets", "iqn.2026-11.example:target"));
        changes.Add(new RelativePortAssigned("iqn.2026-11.example:target", 256));
        changes.Add(new ViewEntryAdded(Unit(1), new ViewEntry(0, null, null, 0)));
        changes.Add(new ViewEntryAdded(Unit(2), new ViewEntry(0, "hosts-0000", "targets", 16383)));
        changes.Add(new ProviderDataSet(new ProviderData(ProviderType.Port, "iscsit", new byte[] { 1, 2, 3 }, 9)));
        foreach (var entry in new[] { "one", "two" })
            changes.Add(new ProviderEntrySet(Iscsit, entry, "value of " + entry, 9));
        return changes;
    }

    /// <summary>What a configuration says, in one text, to be compared.</summary>
    public static string Text(StmfConfiguration configuration) => string.Join('\n', configuration.AsChanges().Select(
        change => change is ProviderDataSet { Provider: var data }
            ? $"{data.Key} {data.Token} {Convert.ToHexString(data.Data.Span)}"
            : change.ToString()));

    public static StmfConfiguration Replay(IEnumerable<ConfigurationChange> changes)
    {
        var replayed = StmfConfiguration.Replay(changes);
        Assert.True(replayed.Succeeded, replayed.ToString());
        return replayed.Value;
    }
}
