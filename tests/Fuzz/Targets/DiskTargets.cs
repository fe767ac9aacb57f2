using System.Buffers.Binary;
using Lunette.Fuzz.Engine;
using Lunette.Scsi;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// CDBs and parameter lists against a real disk over RAM, on the virtual port, from two initiators. An input is a
/// sequence of steps: a byte of choices, the CDB behind its length, the Data-Out behind its length in two bytes, and
/// the room for Data-In in two bytes. <see cref="DiskRun"/> carries them out and checks.
/// </summary>
internal static class DiskTargets
{
    private static readonly CommandDescriptor[] s_lists =
        [.. CdbMaker.Commands.Where(row => row.Data is not (DataPhase.None or DataPhase.In) && !row.IsObsolete)];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        Row("cdb", "any CDB to a disk: each task ends once, well formed sense, no reply past its room, no lease left",
            random => Steps(random, AnyStep)),
        Row("parameter-list", "parameter lists to a disk, lying in lengths and counts; checked like cdb",
            random => Steps(random, ListStep)),
        Row("protected", "any CDB to disks with protection information of each type; checked like cdb",
            random => Steps(random, AnyStep), DiskRun.RunProtected),
    ];

    private static FuzzTarget Row(
        string name, string what, Func<FuzzRandom, byte[]> make, FuzzAction? run = null) =>
        new(name, what, run ?? DiskRun.Run, Seeds)
        {
            Make = make,
            LengthMax = 8192,
            // A whole disk is made for each input; the bound on what its commands allocate is DiskRun's.
            AllocationBase = 4 << 20,
            StepsBase = 4_000_000,
            ShortRun = 600,
        };

    private static IEnumerable<byte[]> Seeds()
    {
        yield return Step(0, [0x12, 0, 0, 0, 96, 0], [], 96);
        yield return Step(0, [0x28, 0, 0, 0, 0, 8, 0, 0, 2, 0], [], 1024);
        yield return Step(0, [0x2A, 0, 0, 0, 0, 8, 0, 0, 1, 0], new byte[512], 0);
        yield return Step(0, [0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0],
            [0, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0x0A, .. new byte[10]], 0);
        yield return Step(0, [0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0],
            [0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0], 0);
        var register = new byte[24];
        register[15] = 7;
        yield return [.. Step(0, [0x5F, 0, 0, 0, 0, 0, 0, 0, 24, 0], register, 0),
            .. Step(1, [0x5E, 0, 0, 0, 0, 0, 0, 1, 0, 0], [], 256)];
    }

    private static byte[] Step(byte choices, byte[] cdb, byte[] dataOut, int dataIn) =>
        [choices, (byte)cdb.Length, .. cdb, (byte)(dataOut.Length >> 8), (byte)dataOut.Length, .. dataOut,
            (byte)(dataIn >> 8), (byte)dataIn];

    private static byte[] Steps(FuzzRandom random, Func<FuzzRandom, byte[]> step)
    {
        List<byte> input = [];
        for (var steps = 1 + random.Below(5); steps > 0; steps--)
            input.AddRange(random.OneIn(5) ? AnyStep(random) : step(random));
        return [.. input];
    }

    private static byte[] AnyStep(FuzzRandom random) => Step(Choices(random),
        random.OneIn(20) ? random.Bytes(6 + random.Below(27)) : CdbMaker.Make(random, CdbMaker.Commands),
        random.OneIn(2) ? [] : random.Bytes(random.Below(1100)), random.OneIn(3) ? 0 : random.Below(5000));

    // The PARAMETER LIST LENGTH, the lengths within the list and what is sent agree, except where one lies.
    private static byte[] ListStep(FuzzRandom random)
    {
        var row = random.Of(s_lists);
        var cdb = CdbMaker.Make(random, [row]);
        var list = List(random, row);
        if (row.ParameterListLength is { } length && !random.OneIn(8))
            length.Set(cdb, Math.Min(length.MaxValue, (ulong)list.Length));
        if (row.LogicalBlockAddress is { } address) address.Set(cdb, (ulong)random.Below(8));
        if (row.TransferLength is { } blocks && row.ParameterListLength is null && !random.OneIn(8))
            blocks.Set(cdb, Math.Min(blocks.MaxValue, (ulong)(list.Length / 512)));
        return Step(Choices(random), cdb, list, random.OneIn(4) ? random.Below(2000) : 0);
    }

    private static byte[] List(FuzzRandom random, CommandDescriptor row)
    {
        if (row.LogicalBlockAddress is not null) return random.Bytes(512 * random.Below(4));
        byte[] list = row.Name switch
        {
            "MODE SELECT (6)" => [0, 0, 0, 0, .. Page(random)],
            "MODE SELECT (10)" => [0, 0, 0, 0, 0, 0, 0, 0, .. Page(random)],
            "UNMAP" => Unmap(random),
            var name when name.StartsWith("PERSISTENT RESERVE OUT", StringComparison.Ordinal) => Reserve(random),
            _ => random.Bytes(random.Below(64)),
        };
        if (list.Length > 0 && random.OneIn(3)) list[random.Below(list.Length)] = (byte)random.Number(8);
        return list;
    }

    private static byte[] Page(FuzzRandom random)
    {
        (byte Code, byte Length)[] pages = [(0x0A, 0x0A), (0x08, 0x12), (0x01, 0x0A), (0x02, 0x0E), (0x1C, 0x0A),
            (0x1A, 0x26)];
        var (code, length) = random.Of(pages);
        return [code, random.OneIn(6) ? random.Byte() : length, .. new byte[length]];
    }

    private static byte[] Unmap(FuzzRandom random)
    {
        var list = new byte[8 + 16 * random.Below(4)];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)Math.Max(0, list.Length - 2));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), (ushort)(list.Length - 8));
        for (var at = 8; at < list.Length; at += 16)
        {
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(at),
                random.OneIn(4) ? random.Number(64) : random.Number(11));
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(at + 8), (uint)random.Number(random.OneIn(4) ? 32 : 6));
        }
        return list;
    }

    private static byte[] Reserve(FuzzRandom random)
    {
        var list = new byte[24];
        list[7] = (byte)random.Below(3);
        list[15] = (byte)random.Below(3);
        if (random.OneIn(3)) list[20] = (byte)random.Of<int>([0x01, 0x04, 0x08, 0x0C, 0x0D]);
        if (random.OneIn(2)) return list;
        var id = TransportId.Iscsi(DiskRun.InitiatorName(random.Below(3)), 1).Wire.ToArray();
        if (random.OneIn(4)) id[random.Below(id.Length)] ^= (byte)(1 << random.Below(8));
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, id.Length);
        return [.. list, .. length, .. id];
    }

    // Mostly plain; see DiskRun for what the bits choose.
    private static byte Choices(FuzzRandom random) => random.OneIn(2) ? (byte)random.Below(2) : random.Byte();
}
