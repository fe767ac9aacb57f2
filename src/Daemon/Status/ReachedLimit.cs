using Lunette.DeviceServer;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Statistics;
using Lunette.Runtime.Loops;
using Lunette.Stmf;

namespace Lunette.Daemon.Status;

/// <summary>A limit, how often it was reached, and what came of it.</summary>
/// <param name="Name">The limit, as <c>serve --limit</c> knows it.</param>
/// <param name="Consequence">What is done when it is reached.</param>
/// <param name="Times">How often, since the start.</param>
/// <param name="IsHarmless">It only makes somebody wait, who took no answers.</param>
internal sealed record ReachedLimit(
    string Name, string Consequence, Func<LimitedParts, long> Times, bool IsHarmless = false)
{
    /// <summary>Those that say when they are reached.</summary>
    public static IReadOnlyList<ReachedLimit> All { get; } =
    [
        Dropped("connections", "a connection is not taken", DropReason.ConnectionLimit),
        Dropped("pending-logins", "the oldest connection that has not logged in is dropped",
            DropReason.PendingLoginEvicted),
        Dropped("pending-logins-per-address", "the oldest such connection of its address is dropped",
            DropReason.PendingLoginOfAddressEvicted),
        Dropped("logins-per-second", "a connection is not taken", DropReason.LoginRateExceeded),
        Dropped("login-failures-per-minute", "a connection is not taken", DropReason.LoginFailuresExceeded),
        Dropped("login-seconds", "a login that takes too long is dropped", DropReason.LoginTimedOut),
        new("sessions", "a login is refused", parts => parts.Iscsi.Counters.SessionsRefused),
        Bounded("commands", "a command outside the window is ignored", SessionBound.Commands),
        new("unit-commands", "a command ends with TASK SET FULL or BUSY", parts =>
            parts.Framework.LogicalUnits.Select(unit => unit.LogicalUnit).OfType<EmulatedUnit>()
                .Sum(unit => unit.FullRefusals)),
        new("stall-seconds", "a window full of commands to a stuck store is widened for the others",
            parts => parts.Iscsi.Counters.ReservesOpened),
        Bounded("immediate-commands", "an immediate command is rejected", SessionBound.ImmediateCommands),
        Bounded("task-management", "a task management function is rejected", SessionBound.TaskManagement),
        Bounded("burst-bytes", "a write that sends more than was agreed on is ended", SessionBound.Burst),
        new("unsent-bytes", "nothing is read from a connection until it has taken half of its answers",
            parts => parts.Loops.Loops.Sum(loop => loop.Streams.Throttled), IsHarmless: true),
        new("buffer-bytes", "a command ends with TASK SET FULL, or a connection is dropped, for want of a buffer",
            parts => parts.Loops.Buffers.Refusals),
        new("data-out-seconds", "a write whose data do not come is ended",
            parts => parts.Iscsi.Counters.OverdueWrites),
        Dropped("pdu-bytes", "a connection with a longer PDU is dropped", DropReason.OversizedPdu),
        Dropped("ping-answer-seconds", "a silent connection is dropped", DropReason.PingTimedOut),
        Dropped("offline-seconds", "an initiator that does not log out is dropped", DropReason.LogoutTimedOut),
    ];

    private static ReachedLimit Dropped(string name, string consequence, DropReason reason) =>
        new(name, consequence, parts => parts.Iscsi.Counters.Drops(reason));

    private static ReachedLimit Bounded(string name, string consequence, SessionBound bound) =>
        new(name, consequence, parts => parts.Iscsi.Counters.Reached(bound));
}

/// <summary>Where limits are reached.</summary>
internal sealed record LimitedParts(StmfFramework Framework, IscsiPortProvider Iscsi, LoopGroup Loops);
