using Lunette.DeviceServer.Aliases;
using Lunette.DeviceServer.Nexuses;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Aliases of I_T nexuses (SPC-6, CHANGE ALIASES command).</content>
public abstract partial class EmulatedUnit
{
    /// <summary>What an I_T nexus means by an alias; null where it has none of that value.</summary>
    public AliasEntry? FindAlias(ItlNexus itl, ulong value)
    {
        lock (_gate) return itl.Aliases?[value];
    }

    /// <summary>Whether a command of the nexus that is being carried out refers to its aliases.</summary>
    protected internal virtual bool UsesAliases(ItlNexus itl) => false;

    internal AliasEntry[] AliasesOf(ItlNexus itl)
    {
        lock (_gate) return itl.Aliases?.Entries ?? [];
    }

    internal bool TryChangeAliases(ItlNexus itl, IReadOnlyList<AliasEntry> changes)
    {
        lock (_gate) return (itl.Aliases ??= new AliasList()).TryChange(changes);
    }
}
