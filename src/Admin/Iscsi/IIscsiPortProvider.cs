using System.Collections.Immutable;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Admin.Iscsi;

/// <summary>
/// What makes target ports that speak iSCSI: the seam to the port. The composition root supplies it.
/// </summary>
public interface IIscsiPortProvider
{
    /// <summary>Makes a target port, offline.</summary>
    TargetPort Create(IscsiTargetDefinition target);

    /// <summary>
    /// Changes a port made here. Alias and authentication hold for logins from now on; portal groups when it comes
    /// online the next time.
    /// </summary>
    void Change(TargetPort port, IscsiTargetDefinition target);

    /// <summary>Lets go of a port made here; it is offline and not registered any more.</summary>
    ValueTask CloseAsync(TargetPort port);
}

/// <summary>A target as a port is to know it.</summary>
/// <param name="Name">Its iSCSI name.</param>
/// <param name="Alias">Empty where there is none.</param>
/// <param name="Authentication">How initiators prove who they are.</param>
/// <param name="PortalGroups">Its portal groups; empty for the default one, tag 1, on the daemon's portals.</param>
public sealed record IscsiTargetDefinition(
    string Name, string Alias, IscsiAuthentication Authentication, ImmutableArray<IscsiPortalGroup> PortalGroups);
