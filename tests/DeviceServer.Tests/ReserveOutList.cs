using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>Parameter lists of PERSISTENT RESERVE OUT, and the commands with them.</summary>
internal static class ReserveOutList
{
    public static byte[] Of(ulong key, ulong serviceActionKey, bool aptpl = false, bool allPorts = false,
        params IReadOnlyList<TransportId> initiators)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), serviceActionKey);
        list[20] = (byte)((initiators.Count > 0 ? 8 : 0) | (allPorts ? 4 : 0) | (aptpl ? 1 : 0));
        if (initiators.Count == 0) return list;
        byte[] ids = [.. initiators.SelectMany(id => id.Wire.ToArray())];
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, ids.Length);
        return [.. list, .. length, .. ids];
    }

    public static byte[] Move(ulong key, ulong serviceActionKey, bool unregister, ushort port, TransportId to)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), serviceActionKey);
        list[17] = (byte)(unregister ? 2 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(18), port);
        BinaryPrimitives.WriteInt32BigEndian(list.AsSpan(20), to.Length);
        return [.. list, .. to.Wire];
    }

    public static ScsiResult Send(this VirtualInitiator host, CommandDescriptor action, byte[] list, int type = 0,
        int scope = 0) => host.Run(Cdb.Of(action, ("SCOPE", (ulong)scope), ("TYPE", (ulong)type),
            ("PARAMETER LIST LENGTH", (ulong)list.Length)), list);

    public static ScsiResult Register(this VirtualInitiator host, ulong key, ulong old = 0) =>
        host.Send(PrimaryCommands.PersistentReserveOutRegister, Of(old, key));

    public static ScsiResult Reserve(this VirtualInitiator host, ulong key, PersistentReservationType type) =>
        host.Send(PrimaryCommands.PersistentReserveOutReserve, Of(key, 0), (int)type);

    public static ScsiResult Release(this VirtualInitiator host, ulong key, PersistentReservationType type) =>
        host.Send(PrimaryCommands.PersistentReserveOutRelease, Of(key, 0), (int)type);

    public static ScsiResult Preempt(
        this VirtualInitiator host, ulong key, ulong victim, PersistentReservationType type, bool abort = false)
    {
        var action = abort
            ? PrimaryCommands.PersistentReserveOutPreemptAndAbort
            : PrimaryCommands.PersistentReserveOutPreempt;
        return host.Send(action, Of(key, victim), (int)type);
    }
}
