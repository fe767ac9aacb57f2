using System.Buffers.Binary;
using Lunette.Fuzz.Engine;
using Lunette.Proxy.Frames;
using Lunette.Scsi;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// What the other node says through the proxy door. An input is frames, each without its length behind its length in
/// two bytes. <see cref="ProxyRun"/> feeds them and checks.
/// </summary>
internal static class ProxyTargets
{
    private static readonly byte[][] s_cdbs =
    [
        new byte[6], [0x12, 0, 0, 0, 255, 0], [0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0], [0x2A, 0, 0, 0, 0, 0, 0, 0, 2, 0],
        [0x5F, 0, 0, 0, 0, 0, 0, 0, 24, 0], [0x15, 0x10, 0, 0, 24, 0], [0x41, 0, 0, 0, 0, 0, 0, 0, 4, 0],
    ];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("proxy-frames", "frames of the other node: each is taken or ends the door, what they began ends",
            ProxyRun.Run, () => [Seed(), Input(Hello(), Units()), Input(Result(), Managed())])
        {
            Make = Make,
            AllocationBase = 64 << 20,
            AllocationPerByte = 16384,
            StepsBase = 8_000_000,
            ShortRun = 300,
        },
    ];

    private static byte[] Seed() => Input(
        Meet(1), Command(1, s_cdbs[1], 255, []), Command(2, s_cdbs[3], 0, new byte[1024]),
        Manage(3, TaskManagementFunction.LogicalUnitReset), Command(4, s_cdbs[2], 4096, []),
        Manage(5, TaskManagementFunction.ItNexusReset));

    private static byte[] Make(FuzzRandom random)
    {
        List<byte[]> frames = [Meet(1)];
        for (var count = 1 + random.Below(8); count > 0; count--)
        {
            var id = (ulong)random.Below(100);
            var cdb = random.OneIn(3) ? CdbMaker.Make(random, CdbMaker.Commands) : random.Of(s_cdbs);
            var frame = random.Below(8) switch
            {
                0 => Manage(id, (TaskManagementFunction)random.Below(12)),
                1 => random.Of([Meet(2), Hello(), Units(), Result(), Managed()]),
                _ => Command(
                    id, cdb, random.OneIn(2) ? 512u : (uint)random.Number(24), new byte[random.Below(5) * 512]),
            };
            if (random.OneIn(6)) frame[random.Below(frame.Length)] = (byte)random.Number(8);
            frames.Add(frame);
        }
        return Input([.. frames]);
    }

    private static byte[] Meet(ulong number) => new FrameWriter(FrameKind.Meet)
        .Long(number).Text("iqn.2026-11.example:host").Text("iqn.2026-11.example:host,i,0x1")
        .Bytes(TransportId.Iscsi("iqn.2026-11.example:host", number).Wire).Text("host").Text("10.0.0.2")
        .Text("iqn.2026-11.example:node1").Text("iqn.2026-11.example:node1,t,0x1").Byte(5).Word(256).Word(2)
        .End();

    private static byte[] Command(ulong id, byte[] cdb, uint expected, byte[] dataOut) =>
        new FrameWriter(FrameKind.Command)
            .Long(id).Long(1).Long(ProxyRun.Id.High).Long(ProxyRun.Id.Low).Long(0).Long(id)
            .Byte((byte)(id & 3)).Byte(0).Word(expected).Bytes(cdb).Bytes(dataOut)
            .End();

    private static byte[] Manage(ulong id, TaskManagementFunction function) => new FrameWriter(FrameKind.Manage)
        .Long(id).Long(1).Long(ProxyRun.Id.High).Long(ProxyRun.Id.Low).Byte((byte)function)
        .Long(0).Long(1).Byte(function == TaskManagementFunction.ItNexusReset ? (byte)1 : (byte)0)
        .End();

    private static byte[] Hello() => new FrameWriter(FrameKind.Hello).Byte(1).Word(2).Word(256).Word(257).End();

    private static byte[] Units() => new FrameWriter(FrameKind.Units).Word(1)
        .Long(ProxyRun.Id.High).Long(ProxyRun.Id.Low + 1).Text("a").Text("LUNETTE").Text("DISK").Text("")
        .Long(1 << 20).Word(512).End();

    private static byte[] Result() => new FrameWriter(FrameKind.Result)
        .Long(1).Byte(1).Byte(0).Long(512).Bytes([]).Bytes(new byte[512]).End();

    private static byte[] Managed() => new FrameWriter(FrameKind.Managed).Long(1).Byte(0).Word(0).End();

    private static byte[] Input(params byte[][] frames)
    {
        var input = new List<byte>();
        Span<byte> length = stackalloc byte[2];
        foreach (var frame in frames)
        {
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(frame.Length - 4));
            input.AddRange(length);
            input.AddRange(frame.AsSpan(4));
        }
        return [.. input];
    }
}
