namespace Lunette.Stmf.Configuration;

/// <summary>
/// The default states: what happens to an object when it registers while the service runs, and when the service
/// starts.
/// </summary>
/// <param name="LogicalUnitsOnline">Logical units come online by themselves.</param>
/// <param name="TargetPortsOnline">Target ports come online by themselves.</param>
public sealed record StmfProperties(bool LogicalUnitsOnline = true, bool TargetPortsOnline = true);

/// <summary>Asymmetric access of a pair of nodes.</summary>
/// <param name="Enabled">Whether there is a second node whose target port group is reported too.</param>
/// <param name="Node">This node, 0 or 1.</param>
public sealed record AluaState(bool Enabled = false, uint Node = 0)
{
    /// <summary>The target port group of this node's ports.</summary>
    public ushort TargetPortGroup => (ushort)(Node + 1);

    /// <summary>The target port group of the other node's ports.</summary>
    public ushort OtherTargetPortGroup => (ushort)(2 - Node);

    /// <summary>Where relative port identifiers of this node begin: 1 on node 0, 256 on node 1.</summary>
    public ushort FirstRelativePort => (ushort)(Node == 0 ? 1 : 256);
}
