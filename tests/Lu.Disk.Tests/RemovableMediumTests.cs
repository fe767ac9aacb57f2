using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>START STOP UNIT with LOEJ, and PREVENT ALLOW MEDIUM REMOVAL (SBC-5).</summary>
public sealed class RemovableMediumTests
{
    private static readonly byte[] s_eject = Cdb.Of(BlockCommands.StartStopUnit, ("LOEJ", 1UL));
    private static readonly byte[] s_load = Cdb.Of(BlockCommands.StartStopUnit, ("LOEJ", 1UL), ("START", 1UL));
    private static readonly byte[] s_prevent = Cdb.Of(PrimaryCommands.PreventAllowMediumRemoval, ("PREVENT", 1UL));
    private static readonly byte[] s_allow = Cdb.Of(PrimaryCommands.PreventAllowMediumRemoval);
    private static readonly byte[] s_testUnitReady = new byte[6];

    [Fact]
    public async Task Load_MediumWasOut_AllButWhoLoadedItHearThatItMayHaveChanged()
    {
        await using var rig = await StartAsync();
        var other = rig.Login();
        DiskRig.Good(rig.Run(s_eject));
        DiskRig.Refused(rig.Run(s_testUnitReady), SenseKey.NotReady, AdditionalSense.MediumNotPresent);
        DiskRig.Good(rig.Run(s_load));
        DiskRig.Good(rig.Run(s_testUnitReady));
        DiskRig.Refused(rig.Run(s_testUnitReady, host: other), SenseKey.UnitAttention,
            AdditionalSense.NotReadyToReadyChangeMediumMayHaveChanged);
        DiskRig.Good(rig.Run(s_testUnitReady, host: other));
    }

    [Fact]
    public async Task Load_MediumIsThere_NobodyHearsOfIt()
    {
        await using var rig = await StartAsync();
        var other = rig.Login();
        DiskRig.Good(rig.Run(s_prevent));
        DiskRig.Good(rig.Run(s_load));
        DiskRig.Good(rig.Run(s_testUnitReady, host: other));
    }

    [Fact]
    public async Task Prevented_NeitherOutNorIn_UntilAllowed()
    {
        await using var rig = await StartAsync();
        DiskRig.Good(rig.Run(s_prevent));
        DiskRig.Refused(rig.Run(s_eject), SenseKey.IllegalRequest, AdditionalSense.MediumRemovalPrevented);
        DiskRig.Good(rig.Run(s_testUnitReady));
        DiskRig.Good(rig.Run(s_allow));
        DiskRig.Good(rig.Run(s_eject));
        DiskRig.Good(rig.Run(s_prevent));
        DiskRig.Refused(rig.Run(s_load), SenseKey.IllegalRequest, AdditionalSense.MediumRemovalPrevented);
        DiskRig.Refused(rig.Run(s_testUnitReady), SenseKey.NotReady, AdditionalSense.MediumNotPresent);
        DiskRig.Good(rig.Run(s_allow));
        DiskRig.Good(rig.Run(s_load));
        DiskRig.Good(rig.Run(s_testUnitReady));
    }

    private static Task<DiskRig> StartAsync() => DiskRig.StartAsync(DiskRig.Options() with { Removable = true });
}
