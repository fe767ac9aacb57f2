using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Lunette.Backing;
using Lunette.DeviceServer.Reservations;
using Lunette.DeviceServer.SavedState;
using Lunette.Fuzz.Engine;
using Lunette.Lu.Disk.Metadata;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Fuzz.Targets;

/// <summary>What is read back from disk, and reservations' parameter lists by themselves.</summary>
internal static class StateTargets
{
    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("unit-state", "a logical unit's saved state and reservations: read, written and read the same", State,
            States)
        {
            AllocationPerByte = 256,
        },
        new("disk-metadata", "a disk's metadata file, which may be anybody's: read, written and read the same",
            Metadata,
            () => [Disk().Encode(), (Disk() with { Alias = "disk", ThresholdBytes = 1 }).Encode()])
        {
            LengthMax = 32768,
            AllocationPerByte = 128,
        },
        new("reserve-out", "PERSISTENT RESERVE OUT lists by themselves, with lying lengths and counts", ReserveOut,
            () => [new byte[24], .. Lists()])
        {
            Make = random => random.Of([.. Lists()]),
            AllocationPerByte = 128,
        },
        new("store-spec", "a store's words and sizes: the words of what was read mean the same", Specs,
            () => ["file:/var/a.img,size=10g"u8.ToArray(), "ram:1.5g,data=1m"u8.ToArray(), "7.9e"u8.ToArray(),
                "block:/dev/sdb,direct,readonly"u8.ToArray(), "600000000000000100000000000000ff"u8.ToArray()])
        {
            LengthMax = 300,
            AllocationPerByte = 256,
        },
    ];

    private static void State(ReadOnlySpan<byte> input)
    {
        // The checksum is no secret: it keeps chance out, not a fuzzer.
        var bytes = input.ToArray();
        if (bytes.Length >= 8) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Checksum(bytes.AsSpan(8)));
        if (!UnitState.TryDecode(bytes, out var state)) return;
        var encoded = state.Encode();
        FuzzException.Unless(UnitState.TryDecode(encoded, out var again), "a written state is not read");
        FuzzException.Unless(again.Encode().AsSpan().SequenceEqual(encoded), "a state changes when it is written");
        if (!ReservationState.TryDecode(state[StateSection.PersistentReservations], out var reservations)) return;
        FuzzException.Unless(reservations.Registrants.Length <= PersistentReservations.RegistrantsMax, "registrants");
        var saved = ReservationState.Encode(reservations);
        FuzzException.Unless(ReservationState.TryDecode(saved, out var restored), "written reservations are not read");
        FuzzException.Unless(ReservationState.Encode(restored).AsSpan().SequenceEqual(saved), "reservations change");
    }

    private static void Metadata(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        if (bytes.Length >= 16) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), Checksum(bytes.AsSpan(16)));
        if (!DiskMetadata.TryDecode(bytes, out var metadata, out var reason))
        {
            FuzzException.Unless(reason.Length > 0, "refused without a reason");
            return;
        }
        var encoded = metadata.Encode();
        FuzzException.Unless(DiskMetadata.TryDecode(encoded, out var again, out reason), $"not read again: {reason}");
        FuzzException.Unless(again.Encode().AsSpan().SequenceEqual(encoded), "metadata change when they are written");
    }

    private static DiskMetadata Disk() => new()
    {
        Id = new LogicalUnitId(0x6000_0000_0000_0001, 1),
        DataPath = "/var/disks/a.img",
        LengthBytes = 1 << 20,
        BlockLengthBytes = 512,
    };

    private static void ReserveOut(ReadOnlySpan<byte> input)
    {
        foreach (var mayName in (ReadOnlySpan<bool>)[false, true])
            CheckSense(ReserveOutParameters.Read(input, mayName, out _), input.Length);
        CheckSense(MoveParameters.Read(input, out var move), input.Length);
        if (move is not null) FuzzException.Unless(move.Initiator.Length <= TransportId.LengthMax,
            "a long TransportID");
    }

    private static void CheckSense(Sense? sense, int length)
    {
        if (sense is not { } refused || !refused.TryGetFieldPointer(out var inCdb, out var at, out _)) return;
        FuzzException.Unless(!inCdb && at < length, $"the field pointer names byte {at} of {length}");
    }

    private static void Specs(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (StoreSpec.TryParseSize(text, out var bytes)) FuzzException.Unless(bytes >= 0, "a negative size");
        if (LogicalUnitId.TryParse(text, out var id))
            FuzzException.Unless(LogicalUnitId.TryParse(id.ToString(), out var same) && same == id,
                $"{id} reads another");
        if (!StoreSpec.TryParse(text, out var spec, out var reason))
        {
            FuzzException.Unless(reason.Length > 0, "refused without a reason");
            return;
        }
        FuzzException.Unless(StoreSpec.TryParse(spec.ToString(), out var again, out reason),
            $"'{spec}' is not read: {reason}");
        FuzzException.Unless(again == spec, $"'{text}' is {spec}, and that is {again}");
    }

    private static IEnumerable<byte[]> States()
    {
        yield return [];
        var registered = ReservationState.Encode(PersistentReservations.None with
        {
            Registrants = [new(TransportId.Iscsi("iqn.2026-11.example:a", 1), 1, 0x1234, false)],
        });
        yield return UnitState.Empty.With(StateSection.ModePages, [1, 2, 3]).Encode();
        yield return UnitState.Empty.With(StateSection.PersistentReservations, registered).Encode();
    }

    private static IEnumerable<byte[]> Lists()
    {
        var id = TransportId.Iscsi("iqn.2026-11.example:a", 1).Wire.ToArray();
        var register = new byte[28];
        register[20] = 0x08;
        register[27] = (byte)id.Length;
        yield return [.. register, .. id];
        var move = new byte[24];
        move[23] = (byte)id.Length;
        yield return [.. move, .. id];
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
