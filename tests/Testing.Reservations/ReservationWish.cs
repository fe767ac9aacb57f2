using System.Buffers.Binary;
using Lunette.Scsi;

namespace Lunette.Testing.Reservations;

/// <summary>One PERSISTENT RESERVE OUT command that a host may send.</summary>
/// <param name="Command">Its service action.</param>
/// <param name="Key">RESERVATION KEY.</param>
/// <param name="ServiceActionKey">SERVICE ACTION RESERVATION KEY.</param>
/// <param name="Type">TYPE.</param>
/// <param name="To">For REGISTER AND MOVE: the host that gets the reservation.</param>
/// <param name="Unregister">For REGISTER AND MOVE: UNREG.</param>
public sealed record ReservationWish(CommandDescriptor Command, ulong Key, ulong ServiceActionKey,
    PersistentReservationType Type, int To = 0, bool Unregister = false)
{
    private static readonly CommandDescriptor[] s_commands =
    [
        PrimaryCommands.PersistentReserveOutRegister, PrimaryCommands.PersistentReserveOutRegister,
        PrimaryCommands.PersistentReserveOutRegisterAndIgnoreExistingKey,
        PrimaryCommands.PersistentReserveOutReserve, PrimaryCommands.PersistentReserveOutReserve,
        PrimaryCommands.PersistentReserveOutRelease, PrimaryCommands.PersistentReserveOutClear,
        PrimaryCommands.PersistentReserveOutPreempt, PrimaryCommands.PersistentReserveOutPreemptAndAbort,
        PrimaryCommands.PersistentReserveOutRegisterAndMove,
    ];

    private static readonly PersistentReservationType[] s_types =
        [.. Enum.GetValues<PersistentReservationType>().Where(type => type.IsDefined())];

    /// <summary>REGISTER AND MOVE.</summary>
    public bool Moves => Command == PrimaryCommands.PersistentReserveOutRegisterAndMove;

    /// <summary>PREEMPT AND ABORT.</summary>
    public bool Aborts => Command == PrimaryCommands.PersistentReserveOutPreemptAndAbort;

    /// <summary>Draws one. Few keys, so that they meet; mostly the right one, so that things happen.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="own">The key the host is registered with; 0 for none.</param>
    /// <param name="hosts">How many hosts there are.</param>
    public static ReservationWish Draw(Random random, ulong own, int hosts) => new(
        s_commands[random.Next(s_commands.Length)],
        random.Next(8) == 0 ? (ulong)random.Next(4) : own,
        (ulong)random.Next(4),
        s_types[random.Next(s_types.Length)],
        random.Next(hosts),
        random.Next(2) == 0);

    /// <summary>Its parameter list.</summary>
    /// <param name="to">The initiator port of <see cref="To"/>, logged in to target port 1.</param>
    public byte[] ListFor(TransportId to)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, Key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), ServiceActionKey);
        if (!Moves) return list;
        list[17] = (byte)(Unregister ? 2 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(18), 1);
        BinaryPrimitives.WriteInt32BigEndian(list.AsSpan(20), to.Length);
        return [.. list, .. to.Wire];
    }

    public override string ToString() =>
        $"{Command.Name} {Key} {ServiceActionKey} {Type}{(Moves ? $" to {To} unregister {Unregister}" : "")}";
}
