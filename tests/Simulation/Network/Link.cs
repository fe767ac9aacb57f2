using System.Net;
using Lunette.Simulation.Checks;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Network;

/// <summary>
/// One connection between an initiator's machine and the target's: pieces travel with delays of their own, in order
/// within a direction and in any order between links. Faults befall it.
/// </summary>
internal sealed class Link(
    SimulatedNetwork network, int number, Machine initiator, Machine target, IPEndPoint portal)
{
    private const int Window = 256 << 10;

    private readonly Scheduler _scheduler = network.Scheduler;
    private readonly WireChecker _checker = new();

    public string Name { get; } = $"link {number}";

    public Machine Initiator => initiator;

    public Machine Target => target;

    public IPEndPoint Portal => portal;

    public Pipe ToTarget { get; } = new(Window);

    public Pipe ToInitiator { get; } = new(Window);

    /// <summary>Neither end can use it any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Sends what the end has put together, in pieces.</summary>
    public void Send(Pipe pipe)
    {
        var bytes = pipe.TakeUnsent();
        if (bytes.Length == 0) return;
        var pdus = pipe == ToTarget ? _checker.FromInitiator : _checker.FromTarget;
        var isProtected = pdus.IsProtected;
        pdus.Keeps = network.RepeatsPdus;
        Look(pipe, bytes);
        if (pipe.RepeatsNext && pdus.Kept.Count > 0 && pdus.Rest <= bytes.Length) bytes = Repeat(pipe, pdus, bytes);
        if (pipe.TurnsNext && isProtected) Turn(pipe, bytes);
        if (IsOver)
        {
            _scheduler.After(_scheduler.Microseconds(2000), () => pipe.Writer?.Break());
            return;
        }
        for (var at = 0; at < bytes.Length;)
        {
            var most = _scheduler.OneIn(8) ? _scheduler.Random.Next(1, 100) : _scheduler.Random.Next(1, 64 << 10);
            var take = Math.Min(most, bytes.Length - at);
            var piece = bytes.AsMemory(at, take);
            _scheduler.At(ArrivalOf(pipe), () => Arrive(pipe, piece));
            at += take;
        }
    }

    private void Look(Pipe pipe, byte[] bytes)
    {
        try
        {
            if (pipe == ToTarget) _checker.InitiatorSends(bytes);
            else _checker.TargetSends(bytes);
        }
        catch (SimulationException found)
        {
            _scheduler.Fail(found);
        }
    }

    // Behind the last whole PDU, one of those before comes once more.
    private byte[] Repeat(Pipe pipe, PduStream pdus, byte[] bytes)
    {
        pipe.RepeatsNext = false;
        var again = pdus.Kept.ElementAt(_scheduler.Random.Next(pdus.Kept.Count));
        var at = bytes.Length - pdus.Rest;
        _scheduler.Log(Name, $"PDU {again[0] & 0x3F:X2} comes again");
        if (pipe == ToTarget) _checker.Repeated(again);
        pipe.Add(again.Length);
        return [.. bytes.AsSpan(0, at), .. again, .. bytes.AsSpan(at)];
    }

    private void Turn(Pipe pipe, byte[] bytes)
    {
        pipe.TurnsNext = false;
        _scheduler.Log(Name, pipe == ToTarget ? "a bit turns to the target" : "a bit turns to the initiator");
        bytes[_scheduler.Random.Next(bytes.Length)] ^= (byte)(1 << _scheduler.Random.Next(8));
    }

    /// <summary>The sender sends no more.</summary>
    public void End(Pipe pipe)
    {
        if (pipe.EndSent) return;
        pipe.EndSent = true;
        _scheduler.At(ArrivalOf(pipe), () =>
        {
            if (pipe.IsSilent || IsOver) return;
            pipe.End();
            pipe.Reader?.SignalIfReady();
        });
    }

    /// <summary>The connection breaks; each end learns of it by itself.</summary>
    public void Reset(string why)
    {
        if (IsOver) return;
        IsOver = true;
        _scheduler.Log(Name, "reset: " + why);
        _scheduler.After(_scheduler.Microseconds(5000), () => ToTarget.Reader?.Break());
        _scheduler.After(_scheduler.Microseconds(5000), () => ToInitiator.Reader?.Break());
    }

    /// <summary>One direction, or both, goes nowhere from now on, and nobody is told.</summary>
    public void Silence(bool toTarget, bool toInitiator)
    {
        _scheduler.Log(Name, $"silent: {(toTarget ? "to target " : "")}{(toInitiator ? "to initiator" : "")}");
        ToTarget.IsSilent |= toTarget;
        ToInitiator.IsSilent |= toInitiator;
    }

    /// <summary>One end says that it sends no more while it goes on receiving: a half-closed connection.</summary>
    public void HalfClose()
    {
        _scheduler.Log(Name, "half closed");
        End(ToTarget);
        ToTarget.IsSilent = true;
    }

    private long ArrivalOf(Pipe pipe)
    {
        var delay = _scheduler.OneIn(50) ? _scheduler.Random.Next(20_000) : _scheduler.Random.Next(200);
        var at = Math.Max(_scheduler.Now + (delay * 1000L), pipe.LastArrival + 1);
        // A partition holds pieces back: they are sent again until they get through.
        at = Math.Max(at, network.PartitionedUntil(initiator));
        pipe.LastArrival = at;
        return at;
    }

    private void Arrive(Pipe pipe, ReadOnlyMemory<byte> piece)
    {
        if (pipe.IsSilent || IsOver) return;
        if (pipe.Reader is not { IsClosed: false } reader)
        {
            // Nobody is there any more: the sender is told.
            _scheduler.After(_scheduler.Microseconds(500), () => pipe.Writer?.Break());
            return;
        }
        pipe.Arrive(piece);
        reader.SignalIfReady();
    }
}
