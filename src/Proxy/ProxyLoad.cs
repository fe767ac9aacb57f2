namespace Lunette.Proxy;

/// <summary>How much a node has to do with the other one; all nothing where nobody uses a path through both.</summary>
/// <param name="Forwarded">Commands on their way through the other node.</param>
/// <param name="Managing">Task management functions on their way through it.</param>
/// <param name="NexusesThere">Nexuses of this node that the other one knows.</param>
/// <param name="NexusesHere">Nexuses of the other node that this one knows.</param>
public readonly record struct ProxyLoad(int Forwarded, int Managing, int NexusesThere, int NexusesHere);
