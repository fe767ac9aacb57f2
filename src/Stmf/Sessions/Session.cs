using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Objects;

namespace Lunette.Stmf.Sessions;

/// <summary>What the framework keeps of one session. Its lock guards it.</summary>
internal sealed class Session(ItNexus nexus, ManagedPort port, SharedMap map)
{
    public ItNexus Nexus => nexus;

    public ManagedPort Port => port;

    /// <summary>The map it shares with all nexuses of its pair of groups.</summary>
    public SharedMap Map { get; set; } = map;

    /// <summary>On its way out: its map is left as it is.</summary>
    public bool Closing { get; set; }
}

/// <summary>The map of one pair of groups, with the sessions that see it.</summary>
internal sealed class SharedMap(GroupPair groups, LunMap map)
{
    public GroupPair Groups => groups;

    public LunMap Map { get; set; } = map;

    /// <summary>The map that sessions were last given.</summary>
    public LunMap Announced { get; set; } = map;

    /// <summary>Logical units taken off a LUN since then; they may stand at another.</summary>
    public List<LogicalUnit> Vanished { get; } = [];

    public HashSet<Session> Sessions { get; } = [];
}
