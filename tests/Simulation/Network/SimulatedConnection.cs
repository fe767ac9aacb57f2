using System.Net;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Simulation.Network;

/// <summary>One end of a simulated connection, on a simulated loop.</summary>
internal sealed unsafe class SimulatedConnection : StreamConnection
{
    private readonly Link _link;
    private readonly Pipe _out;
    private readonly Pipe _in;
    private bool _readable;
    private bool _writable;
    private bool _closed;

    public SimulatedConnection(SimulatedLoop loop, Link link, bool isInitiator, IPEndPoint remote, IPEndPoint local)
        : base(loop, loop.Streams)
    {
        Home = loop;
        _link = link;
        (_out, _in) = isInitiator ? (link.ToTarget, link.ToInitiator) : (link.ToInitiator, link.ToTarget);
        _in.Reader = this;
        _out.Writer = this;
        RemoteEndPoint = remote;
        LocalEndPoint = local;
        loop.Count(1);
    }

    /// <summary>The loop it is on; null in between.</summary>
    public SimulatedLoop? Home { get; private set; }

    /// <summary>Whether it stands in its loop's list.</summary>
    public bool Signalled { get; set; }

    /// <summary>Whether this end knows that the connection is gone.</summary>
    public bool IsBroken { get; private set; }

    public bool CanReceive => _readable && (IsBroken || _in.HasArrived) || IsBroken;

    public bool CanSend => _writable && (IsBroken || _out.Room > 0);

    public bool IsClosed => _closed;

    /// <inheritdoc/>
    public override IPEndPoint? RemoteEndPoint { get; }

    /// <inheritdoc/>
    public override IPEndPoint? LocalEndPoint { get; }

    /// <summary>This end learns that the connection is gone.</summary>
    public void Break()
    {
        if (_closed || IsBroken) return;
        IsBroken = true;
        SignalIfReady();
    }

    public void SignalIfReady()
    {
        if (_closed || Signalled || Home is null || (!CanReceive && !CanSend)) return;
        Signalled = true;
        Home.Signal(this);
    }

    /// <inheritdoc/>
    protected override nint Receive(IoVector* vectors, int count)
    {
        if (IsBroken) return Broken;
        if (!_in.HasBytes) return _in.Ended ? 0 : WouldBlock;
        var taken = 0;
        for (var i = 0; i < count; i++)
        {
            var into = new Span<byte>((void*)vectors[i].Address, (int)vectors[i].Length);
            var took = _in.Take(into);
            taken += took;
            if (took < into.Length) break;
        }
        _in.Writer?.SignalIfReady();
        return taken;
    }

    /// <inheritdoc/>
    protected override nint Send(IoVector* vectors, int count)
    {
        if (IsBroken) return Broken;
        var sent = 0;
        for (var i = 0; i < count; i++)
        {
            var bytes = new ReadOnlySpan<byte>((void*)vectors[i].Address, (int)vectors[i].Length);
            var took = _out.Put(bytes);
            sent += took;
            if (took < bytes.Length) break;
        }
        _link.Send(_out);
        return sent > 0 ? sent : WouldBlock;
    }

    /// <inheritdoc/>
    protected override void Watch(bool readable, bool writable)
    {
        _readable = readable;
        _writable = writable;
        SignalIfReady();
    }

    /// <inheritdoc/>
    protected override void ShutSend() => _link.End(_out);

    /// <inheritdoc/>
    protected override void CloseTransport()
    {
        if (_closed) return;
        _closed = true;
        Detach();
        _link.End(_out);
    }

    /// <inheritdoc/>
    protected override void Detach()
    {
        Home?.Count(-1);
        Home = null;
    }

    /// <inheritdoc/>
    protected override void Attach(StreamLoop loop)
    {
        Home = (SimulatedLoop)loop;
        Home.Count(1);
        SignalIfReady();
    }
}
