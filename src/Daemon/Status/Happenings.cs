using Lunette.Admin.Contracts;
using Lunette.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Runtime.Buffers;
using Lunette.Stmf;

namespace Lunette.Daemon.Status;

/// <summary>What happened that is not a command, by name: the port's counters, and the memory on loan.</summary>
internal static class Happenings
{
    /// <summary>Those that are not zero, the named reasons of a kind together.</summary>
    public static IReadOnlyList<NamedCount> Of(
        StmfFramework framework, IscsiPortProvider provider, BufferPool buffers, TimeProvider time)
    {
        var counters = provider.Counters;
        var (stalled, fenced) = UnitTroubles.Find(framework, time);
        NamedCount[] all =
        [
            new("buffers leased, bytes", buffers.LeasedBytes),
            new("logical units stalled, now", stalled.Count),
            new("logical units fenced, now", fenced.Count),
            new("connections accepted", counters.Accepted),
            new("logins", counters.Logins),
            new("PDUs ignored", counters.Ignored),
            new("command windows widened", counters.ReservesOpened),
            new("writes overdue", counters.OverdueWrites),
            new("sessions refused", counters.SessionsRefused),
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
