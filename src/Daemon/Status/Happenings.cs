using Lunette.Admin.Contracts;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Statistics;

namespace Lunette.Daemon.Status;

/// <summary>What happened that is not a command, by name: the port's counters, and the memory on loan.</summary>
internal static class Happenings
{
    /// <summary>Those that are not zero, the named reasons of a kind together.</summary>
    public static IReadOnlyList<NamedCount> Of(LimitedParts parts, TimeProvider time)
    {
        var counters = parts.Iscsi.Counters;
        var (stalled, fenced) = UnitTroubles.Find(parts.Framework, time);
        NamedCount[] all =
        [
            new("buffers leased, bytes", parts.Loops.Buffers.LeasedBytes),
            new("buffers refused", parts.Loops.Buffers.Refusals),
            new("connections throttled", parts.Loops.Loops.Sum(loop => loop.Streams.Throttled)),
            new("logical units stalled, now", stalled.Count),
            new("logical units fenced, now", fenced.Count),
            new("connections accepted", counters.Accepted),
            new("logins", counters.Logins),
            new("PDUs ignored", counters.Ignored),
            new("command windows widened", counters.ReservesOpened),
            new("writes overdue", counters.OverdueWrites),
            new("sessions refused", counters.SessionsRefused),
            .. Enum.GetValues<SessionBound>().Select(
                bound => new NamedCount("past the bound of " + bound, counters.Reached(bound))),
            .. Enum.GetValues<DropReason>().Select(
                reason => new NamedCount("dropped " + reason, counters.Drops(reason))),
            .. Enum.GetValues<RejectReason>().Select(
                reason => new NamedCount("rejected " + reason, counters.Rejects(reason))),
            .. Enum.GetValues<LoginFault>().Select(
                fault => new NamedCount("login failed " + fault, counters.LoginFaults(fault))),
        ];
        return [.. all.Where(count => count.Value != 0)];
    }
}
