using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets.Linux;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets;

/// <summary>
/// The Linux loop: epoll, an eventfd to be woken by, and connections that receive and send by plain system calls.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class EpollLoop : StreamLoop
{
    private const int EventsMax = 256;
    private const ulong WakeKey = ulong.MaxValue;
    private const ulong TimerKey = WakeKey - 1;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int s_keyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_eventSize = s_keyOffset + 8;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly EpollTimer _timer;
    private readonly byte* _events;
    private readonly List<IEpollEntry?> _entries = [];
    private readonly Stack<int> _freeEntries = new();
    private uint _generation;
    private readonly Lock _wakeGate = new();
    private bool _wakeClosed;
    private bool _closed;

    /// <summary>Makes a loop.</summary>
    /// <exception cref="SocketException">No descriptor was left.</exception>
    public EpollLoop(LoopOptions options, SpinGovernor spin) : base(options, spin)
    {
        _epoll = LibC.EpollCreate(LibC.CloseOnExec);
        _wake = LibC.EventDescriptor(0, LibC.CloseOnExec | LibC.NonBlocking);
        var timer = EpollTimer.TryMake();
        if (_epoll < 0 || _wake < 0 || timer is null)
        {
            var error = LibC.LastError;
            if (timer is not null) _ = LibC.Close(timer.Descriptor);
            if (_epoll >= 0) _ = LibC.Close(_epoll);
            if (_wake >= 0) _ = LibC.Close(_wake);
            Streams.Dispose();
            throw new SocketException(error, "no descriptor left for an event loop");
        }
        _events = (byte*)NativeMemory.AllocZeroed(EventsMax, (nuint)s_eventSize);
        _timer = timer;
        // Edge-triggered: each wake-up is one event, and nobody has to read the counter.
        Control(LibC.EpollAdd, _wake, LibC.EpollIn | LibC.EpollEdge, WakeKey);
        Control(LibC.EpollAdd, _timer.Descriptor, LibC.EpollIn | LibC.EpollEdge, TimerKey);
    }

    /// <inheritdoc/>
    public override StreamListener Listen(IPEndPoint endPoint, int backlog, IStreamAcceptor acceptor) =>
        new EpollListener(this, endPoint, backlog, acceptor);

    /// <inheritdoc/>
    public override void Connect(IPEndPoint remote, StreamConnect told) => EpollConnect.Begin(this, remote, told);

    /// <inheritdoc/>
    protected override int Poll(long timeoutNanoseconds)
    {
        if (timeoutNanoseconds > 0) _timer.FireWithin(timeoutNanoseconds, NowNanoseconds);
        var events = LibC.EpollWait(_epoll, _events, EventsMax, timeoutNanoseconds == 0 ? 0 : -1);
        return Math.Max(events, 0);
    }

    /// <inheritdoc/>
    protected override void Dispatch(int events)
    {
        for (var i = 0; i < events; i++)
        {
            var at = _events + (i * s_eventSize);
            var key = Marshal.ReadInt64((nint)(at + s_keyOffset));
            if ((ulong)key == TimerKey) _timer.Fired();
            if ((ulong)key >= TimerKey) continue;
            var entry = Find((ulong)key);
            if (entry is null) continue;        // closed by an event before this one
            var what = *(uint*)at;
            if (entry is EpollConnection connection)
                Tell(connection, what);
            else if (entry is EpollConnect connect)
                Finish(connect);
            else
                Accept((EpollListener)entry);
        }
    }

    /// <inheritdoc/>
    protected override void Wake()
    {
        var one = 1UL;
        // Under the gate, so that the descriptor is not closed, and given to somebody else, in between.
        lock (_wakeGate)
        {
            if (!_wakeClosed) LibC.Write(_wake, &one, sizeof(ulong));
        }
    }

    /// <inheritdoc/>
    protected override void CloseAll()
    {
        _closed = true;
        foreach (var entry in _entries.ToArray())
        {
            try
            {
                entry?.CloseWithLoop();
            }
            catch (Exception fault)
            {
                Report("close", fault);
            }
        }
        lock (_wakeGate)
        {
            _wakeClosed = true;
            _ = LibC.Close(_wake);
        }
        _ = LibC.Close(_timer.Descriptor);
        _ = LibC.Close(_epoll);
        NativeMemory.Free(_events);
    }

    /// <summary>Begins to watch, for nothing at first; where the loop has ended, or the system has no room, the entry
    /// is closed and the answer is false.</summary>
    internal bool Add(IEpollEntry entry)
    {
        if (_closed)
        {
            entry.CloseWithLoop();
            return false;
        }
        if (!_freeEntries.TryPop(out var index))
        {
            index = _entries.Count;
            _entries.Add(null);
        }
        entry.Key = ((ulong)++_generation << 32) | (uint)index;
        if (!TryControl(LibC.EpollAdd, entry.Descriptor, 0, entry.Key))
        {
            _freeEntries.Push(index);
            entry.CloseUnwatched();
            return false;
        }
        _entries[index] = entry;
        return true;
    }

    internal void Change(IEpollEntry entry, uint events) =>
        Control(LibC.EpollModify, entry.Descriptor, events, entry.Key);

    internal void Remove(IEpollEntry entry)
    {
        if (_closed || Find(entry.Key) != entry) return;
        Control(LibC.EpollDelete, entry.Descriptor, 0, 0);
        var index = (int)(uint)entry.Key;
        _entries[index] = null;
        _freeEntries.Push(index);
    }

    internal void Count(int change) => CountStream(change);

    // A peer that is gone is found out by receiving.
    private static bool Readable(uint what) => (what & (LibC.EpollIn | LibC.EpollError | LibC.EpollHangUp)) != 0;

    private static bool Lost(uint what) => (what & (LibC.EpollError | LibC.EpollHangUp)) != 0;

    private void Tell(EpollConnection connection, uint what)
    {
        connection.EventBegins();
        Guard(connection, Readable(what), (what & LibC.EpollOut) != 0, Lost(what));
        connection.EventEnds(isPeerDone: (what & (LibC.EpollPeerDone | LibC.EpollError | LibC.EpollHangUp)) != 0);
    }

    private void Accept(EpollListener listener)
    {
        try
        {
            listener.AcceptAll();
        }
        catch (Exception fault)
        {
            Report("accept", fault);
        }
    }

    private void Finish(EpollConnect connect)
    {
        try
        {
            connect.Ready();
        }
        catch (Exception fault)
        {
            Report("connect", fault);
        }
    }

    private IEpollEntry? Find(ulong key)
    {
        var index = (int)(uint)key;
        var entry = index < _entries.Count ? _entries[index] : null;
        return entry is not null && entry.Key == key ? entry : null;
    }

    private void Control(int operation, int descriptor, uint events, ulong key)
    {
        var done = TryControl(operation, descriptor, events, key);
        Invariant.That(done, "a loop watches what it was given until it lets go");
    }

    private bool TryControl(int operation, int descriptor, uint events, ulong key)
    {
        var @event = stackalloc byte[16];
        *(uint*)@event = events;
        Marshal.WriteInt64((nint)(@event + s_keyOffset), (long)key);
        return LibC.EpollControl(_epoll, operation, descriptor, @event) == 0;
    }
}
