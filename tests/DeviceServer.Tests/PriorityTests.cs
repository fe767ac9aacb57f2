using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>Command priority (SAM-6), and REPORT PRIORITY and SET PRIORITY (SPC-6).</summary>
public class PriorityTests
{
    [Fact]
    public async Task EnabledTogether_StartByPriority_ThoseWithoutLast()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        bench.Unit.Hold = true;
        VirtualCommand[] tasks =
        [
            TaskSetTests.Start(a, 0, TaskAttribute.Ordered), Start(a, 1, 0), Start(a, 2, 15), Start(a, 3, 1),
            Start(a, 4, 7), Start(a, 5, 1), TaskSetTests.Start(a, 6, TaskAttribute.Ordered), Start(a, 7, 1),
        ];
        TaskSetTests.Finish(bench, tasks);
        Assert.Equal([0, 3, 5, 4, 2, 1, 6, 7], bench.Unit.Entered);
    }

    [Fact]
    public async Task SetPriority_OfTheNexus_UsedWhereACommandHasNone_UntilReset()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        Bench.ClearAttentions(a);
        Bench.ClearAttentions(b);
        Assert.Equal(0, Own(a)[4]);
        a.Run(Set(0, 8), List(5, null)).Good();
        Assert.Equal(5, Own(a)[4]);
        Assert.Equal(0, Own(b)[4]);
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();        // it does not concern it

        bench.Unit.Hold = true;
        VirtualCommand[] tasks =
            [TaskSetTests.Start(a, 0, TaskAttribute.Ordered), Start(a, 1, 9), TaskSetTests.Start(a, 2), Start(a, 3, 3)];
        TaskSetTests.Finish(bench, tasks);
        Assert.Equal([0, 3, 2, 1], bench.Unit.Entered);

        await a.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        Bench.ClearAttentions(a);
        Assert.Equal(0, Own(a)[4]);
    }

    [Fact]
    public async Task SetPriority_OfANamedNexus_ItHearsOfIt_AndAllAreReported()
    {
        using var bench = await Bench.StartAsync();
        var (a, b) = (bench.A, bench.B);
        Bench.ClearAttentions(a);
        Bench.ClearAttentions(b);
        var name = b.Nexus.Initiator.TransportId.ToArray();
        a.Run(Set(1, 8 + name.Length), List(2, b)).Good();
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Check(SenseKey.UnitAttention, AdditionalSense.PriorityChanged);
        Assert.Equal(2, Own(b)[4]);
        var all = a.Ask(Cdb.Of(PrimaryCommands.ReportPriority, ("PRIORITY REPORTED", 1), ("ALLOCATION LENGTH", 512)));
        byte[] expected =
        [
            0, 0, 0, (byte)(8 + name.Length),                                       // PRIORITY PARAMETER DATA LENGTH
            2, 0,                                                                   // CURRENT PRIORITY
            0, (byte)b.Nexus.Port.RelativePortIdentifier, 0, 0, 0, (byte)name.Length,
            .. name,
        ];
        Assert.Equal(expected, all);

        a.Run(Set(2, 0)).Good();
        b.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Check(SenseKey.UnitAttention, AdditionalSense.PriorityChanged);
        Assert.Equal(0, Own(b)[4]);
    }

    [Fact]
    public async Task SetPriority_ListOrFieldNotInOrder_Refused()
    {
        using var bench = await Bench.StartAsync();
        var a = bench.A;
        Bench.ClearAttentions(a);
        a.Run(Set(0, 0)).Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        a.Run(Set(3, 8), List(1, null)).CheckField(2, 7);
        a.Run(Cdb.Of(PrimaryCommands.ReportPriority, ("PRIORITY REPORTED", 2))).CheckField(2, 7);
        var list = List(1, bench.B);
        for (var length = 1; length < list.Length; length++)
        {
            a.Run(Set(1, length), list[..length])
                .Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        }
        Assert.Equal(0, Own(bench.B)[4]);
    }

    private static VirtualCommand Start(VirtualInitiator host, int lba, byte priority) =>
        host.Start(new ScsiRequest(Cdb.Read10((uint)lba)) { DataIn = new byte[512], Priority = priority });

    private static byte[] Own(VirtualInitiator host)
    {
        Bench.ClearAttentions(host);
        return host.Ask(Cdb.Of(PrimaryCommands.ReportPriority, ("ALLOCATION LENGTH", 512)));
    }

    private static byte[] Set(int which, int length) => Cdb.Of(PrimaryCommands.SetPriority,
        ("I_T_L NEXUS TO SET", (ulong)which), ("PARAMETER LIST LENGTH", (ulong)length));

    private static byte[] List(byte priority, VirtualInitiator? host)
    {
        var name = host?.Nexus.Initiator.TransportId.ToArray() ?? [];
        byte[] list = [priority, 0, 0, 0, 0, 0, 0, 0, .. name];
        if (host is null) return list;
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), host.Nexus.Port.RelativePortIdentifier);
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(6), (ushort)name.Length);
        return list;
    }
}
