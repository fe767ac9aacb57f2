using System.Collections.Immutable;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.AsymmetricAccess;

namespace Lunette.DeviceServer.Tests;

public class PowerAndAccessTests
{
    [Fact]
    public async Task Stop_MediumNotReady_TheRestAnswers_StartBringsItBack()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit)).Good();
        bench.A.Run(Cdb.Read10(0), dataIn: new byte[512])
            .Check(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyInitializingCommandRequired);
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyInitializingCommandRequired);
        ModeParameters.Sense(bench.A, 0x0A);
        var sense = bench.A.Ask(Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252)));
        Assert.Equal((0x02, 0x04, 0x02), (sense[2], sense[12], sense[13]));
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("START", 1))).Good();
        bench.A.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
    }

    [Fact]
    public async Task Stop_ThenLogicalUnitReset_ReadyAgain()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit)).Good();
        await bench.A.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        Bench.ClearAttentions(bench.A);
        bench.A.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
    }

    [Theory]
    [InlineData(2, 0x5E03)]
    [InlineData(3, 0x5E04)]
    [InlineData(0xA, 0x5E03)]
    [InlineData(0xB, 0x5E04)]
    public async Task PowerCondition_ToldByRequestSense_EndedByAMediumCommand(int condition, int code)
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("POWER CONDITION", (ulong)condition))).Good();
        Assert.Equal(code, SenseCode(bench));
        Assert.Equal(code, SenseCode(bench));
        bench.A.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
        Assert.Equal(0, SenseCode(bench));
    }

    [Fact]
    public async Task PowerCondition_Reserved_AndEjectOfAFixedMedium_Refused()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("POWER CONDITION", 5))).CheckField(4, 7);
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("LOEJ", 1))).CheckField(4, 1);
        bench.A.Run(Cdb.Of(PrimaryCommands.PreventAllowMediumRemoval, ("PREVENT", 2))).CheckField(4, 1);
    }

    [Fact]
    public async Task AccessState_Standby_Told_AndOnlyWhatNeedsNoMedium()
    {
        using var bench = await Bench.StartAsync();
        _ = bench.A;
        bench.Unit.ChangePortGroups(Groups(AsymmetricAccessState.Standby));
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.AsymmetricAccessStateChanged);
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.NotReady, AdditionalSense.LogicalUnitNotAccessibleTargetPortInStandbyState);
        ModeParameters.Sense(bench.A, 0x0A);
        Assert.Equal(AsymmetricAccessState.Standby, Assert.Single(Report(bench)).State);

        bench.Unit.ChangePortGroups(Groups(AsymmetricAccessState.Transitioning));
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Check(
            SenseKey.NotReady, AdditionalSense.LogicalUnitNotAccessibleAsymmetricAccessStateTransition);
        bench.Unit.ChangePortGroups(Groups(AsymmetricAccessState.ActiveNonOptimized));
        Bench.ClearAttentions(bench.A);
        bench.A.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
    }

    [Fact]
    public async Task ReportTargetPortGroups_ExtendedHeader_SameGroups()
    {
        using var bench = await Bench.StartAsync();
        bench.Unit.ChangePortGroups(new TargetPortGroups([
            new(1, AsymmetricAccessState.ActiveOptimized, true, [1, 2]),
            new(2, AsymmetricAccessState.Unavailable, false, [3]),
        ]));
        var groups = Report(bench);
        Assert.Equal([1, 2], groups.Select(group => (int)group.Group));
        Assert.Equal([1, 2], groups[0].RelativePorts.Select(port => (int)port));
        var extended = TargetPortGroupsData.Parse(bench.A.Ask(Cdb.Of(PrimaryCommands.ReportTargetPortGroups,
            ("PARAMETER DATA FORMAT", 1), ("ALLOCATION LENGTH", 4096))), extendedHeader: true);
        Assert.Equal(groups.Select(group => group.Group), extended.Select(group => group.Group));
        bench.A.Run(Cdb.Of(PrimaryCommands.ReportTargetPortGroups, ("PARAMETER DATA FORMAT", 2))).CheckField(1, 7);
    }

    [Theory]
    [InlineData(2)]     // idle_b, idle_c
    [InlineData(3)]     // standby_y
    public async Task StartStopUnit_PowerConditionThatIsNotThere_InvalidFieldAtItsModifier(ulong condition)
    {
        using var bench = await Bench.StartAsync();
        foreach (var modifier in new ulong[] { 1, 2, 15 })
        {
            bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("POWER CONDITION", condition),
                ("POWER CONDITION MODIFIER", modifier))).CheckField(3, 3);
        }
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("POWER CONDITION", condition))).Good();
    }

    [Fact]
    public async Task SetTargetPortGroups_OfAPair_AsksTheFramework()
    {
        using var bench = await Bench.StartAsync();
        _ = bench.A;
        Assert.Equal(1, Inquiry(bench).TargetPortGroupSupport);
        bench.Unit.ChangePortGroups(Pair(AsymmetricAccessState.ActiveOptimized, AsymmetricAccessState.Standby));
        List<(ushort, AsymmetricAccessState)> asked = [];
        bench.Unit.AccessStateRequest = (group, state) =>
        {
            asked.Add((group, state));
            return state != AsymmetricAccessState.Unavailable;
        };
        Assert.Equal(3, Inquiry(bench).TargetPortGroupSupport);
        // What it is already is not asked for.
        Set(bench, [0, 0, 0, 0, 2, 0, 0, 1, 2, 0, 0, 2, 0, 0, 0, 2]).Good();
        Assert.Equal([(1, AsymmetricAccessState.Standby), (2, AsymmetricAccessState.ActiveOptimized)], asked);
        Assert.Equal(1, Report(bench)[0].StatusCode);
        Set(bench, [0, 0, 0, 0, 3, 0, 0, 1])
            .Check(SenseKey.HardwareError, AdditionalSense.SetTargetPortGroupsCommandFailed);
    }

    [Fact]
    public async Task SetTargetPortGroups_ListNotInOrder_RefusedAndNobodyAsked()
    {
        using var bench = await Bench.StartAsync();
        _ = bench.A;
        bench.Unit.ChangePortGroups(Pair(AsymmetricAccessState.ActiveOptimized, AsymmetricAccessState.Standby));
        bench.Unit.AccessStateRequest = (_, _) => throw new InvalidOperationException("the list was not in order");
        Bench.ClearAttentions(bench.A);
        byte[] list = [0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 2];
        for (var length = 1; length < list.Length; length++)
        {
            if (length == 8) continue;
            Set(bench, list[..length]).Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        }
        Set(bench, []).Good();
        (int At, byte Value, int Pointer, int Bit)[] lies =
            [(3, 1, 3, 0), (4, 0x0F, 4, 3), (4, 0x12, 4, 4), (5, 0x80, 5, 7), (7, 9, 6, -1), (8, 0x0E, 8, 3)];
        foreach (var (at, value, pointer, bit) in lies)
        {
            var changed = (byte[])list.Clone();
            changed[at] = value;
            Set(bench, changed).CheckParameter(pointer, bit);
        }
    }

    private static ScsiResult Set(Bench bench, byte[] list) => bench.A.Run(
        Cdb.Of(PrimaryCommands.SetTargetPortGroups, ("PARAMETER LIST LENGTH", (ulong)list.Length)), list);

    private static StandardInquiryData Inquiry(Bench bench)
    {
        var bytes = bench.A.Ask(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 96)));
        Assert.True(StandardInquiryData.TryParse(bytes, out var data));
        return data;
    }

    private static TargetPortGroups Pair(AsymmetricAccessState own, AsymmetricAccessState other) =>
        new([new(1, own, true, [1]), new(2, other, false, [])]);

    private static TargetPortGroups Groups(AsymmetricAccessState state) =>
        new(ImmutableArray.Create(new TargetPortGroup(1, state, true, [1])));

    private static IReadOnlyList<TargetPortGroupDescriptor> Report(Bench bench) => TargetPortGroupsData.Parse(
        bench.A.Ask(Cdb.Of(PrimaryCommands.ReportTargetPortGroups, ("ALLOCATION LENGTH", 4096))));

    private static int SenseCode(Bench bench)
    {
        var sense = bench.A.Ask(Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252)));
        Assert.Equal(0, sense[2]);
        return sense[12] << 8 | sense[13];
    }
}
