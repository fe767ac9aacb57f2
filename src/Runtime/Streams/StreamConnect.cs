namespace Lunette.Runtime.Streams;

/// <summary>What comes of connecting to one end point; told once, on the loop.</summary>
public abstract class StreamConnect
{
    /// <summary>The connection is there and not yet started; whoever takes it starts or closes it.</summary>
    public abstract void Connected(StreamConnection connection);

    /// <summary>There is no connection, and why.</summary>
    public abstract void Failed(string reason);
}
