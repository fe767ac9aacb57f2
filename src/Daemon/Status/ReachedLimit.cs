using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Stmf;

namespace Lunette.Daemon.Status;

/// <summary>A limit, how often it was reached, and what came of it.</summary>
/// <param name="Name">The limit, as <c>serve --limit</c> knows it.</param>
/// <param name="Consequence">What is done when it is reached.</param>
/// <param name="Times">How often, since the start.</param>
internal sealed record ReachedLimit(
    string Name, string Consequence, Func<StmfFramework, IscsiPortProvider, long> Times)
{
    /// <summary>Those that say when they are reached.</summary>
    public static IReadOnlyList<ReachedLimit> All { get; } =
    [
        Dropped("connections", "a connection is not taken", DropReason.ConnectionLimit),
        Dropped("pending-logins", "the oldest connection that has not logged in is dropped",
            DropReason.PendingLoginEvicted),
        Dropped("logins-per-second", "a connection is not taken", DropReason.LoginRateExceeded),
        Dropped("login-failures-per-minute", "a connection is not taken", DropReason.LoginFailuresExceeded),
        Dropped("login-seconds", "a login that takes too long is dropped", DropReason.LoginTimedOut),
        new("sessions", "a login is refused", (_, iscsi) => iscsi.Counters.SessionsRefused),
        new("unit-commands", "a command ends with TASK SET FULL or BUSY", (framework, _) =>
            framework.LogicalUnits.Select(unit => unit.LogicalUnit).OfType<EmulatedUnit>()
                .Sum(unit => unit.FullRefusals)),
        new("stall-seconds", "a window full of commands to a stuck store is widened for the others",
            (_, iscsi) => iscsi.Counters.ReservesOpened),
        new("immediate-commands", "an immediate command or task management function is rejected",
            (_, iscsi) => iscsi.Counters.Rejects(RejectReason.ImmediateCommandReject)),
        new("data-out-seconds", "a write whose data do not come is ended",
            (_, iscsi) => iscsi.Counters.OverdueWrites),
        Dropped("pdu-bytes", "a connection with a longer PDU is dropped", DropReason.OversizedPdu),
        Dropped("buffer-bytes", "a connection is dropped for want of a buffer", DropReason.NoBuffer),
        Dropped("ping-answer-seconds", "a silent connection is dropped", DropReason.PingTimedOut),
        Dropped("offline-seconds", "an initiator that does not log out is dropped", DropReason.LogoutTimedOut),
    ];

    private static ReachedLimit Dropped(string name, string consequence, DropReason reason) =>
        new(name, consequence, (_, iscsi) => iscsi.Counters.Drops(reason));
}
