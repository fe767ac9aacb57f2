using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>REMOVE I_T NEXUS (SPC-6): what the loss of a nexus does, to those that are named.</summary>
public sealed class NexusRemovalTests
{
    [Fact]
    public async Task RemoveItNexus_Named_LosesItsTasksAndIsTold()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var (named, third) = (rig.Login(), rig.Login());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        var lost = rig.Start(Read(), named);
        var kept = rig.Start(Read(), third);
        rig.PumpUntil(() => hang.Held == 2);
        var remove = rig.Start(Request(Descriptor(named)));
        // It waits until nothing of them can reach the medium any more.
        Assert.False(remove.HasEnded);
        hang.Release();
        DiskRig.Good(rig.Finish(remove));
        DiskRig.Good(rig.Finish(kept));
        // It ends without an answer, as with the session.
        rig.PumpUntil(() => lost.HasEnded);
        Assert.False(lost.Answered);
        DiskRig.Refused(rig.Run(new byte[6], host: named), SenseKey.UnitAttention,
            AdditionalSense.ItNexusLossOccurred);
        DiskRig.Good(rig.Run(new byte[6], host: third));
        DiskRig.Good(rig.Run(new byte[6]));
    }

    [Fact]
    public async Task RemoveItNexus_WhoReservedAndPrevented_DoesNoMore()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options() with { Removable = true });
        var named = rig.Login();
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.PreventAllowMediumRemoval, ("PREVENT", 1UL)), host: named));
        DiskRig.Refused(rig.Run(Eject()), SenseKey.IllegalRequest, AdditionalSense.MediumRemovalPrevented);
        DiskRig.Good(rig.Run(Request(Descriptor(named))));
        DiskRig.Good(rig.Run(Eject()));
    }

    [Fact]
    public async Task RemoveItNexus_OwnNexusAmongOthers_InvalidFieldAtItAndNobodyLosesAnything()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var other = rig.Login();
        byte[] first = Descriptor(other);
        var result = rig.Run(Request([.. first, .. Descriptor(rig.Host)]));
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList);
        Assert.Equal((uint)(4 + first.Length), DiskRig.SenseOf(result).SenseKeySpecific & 0xFFFF);
        DiskRig.Good(rig.Run(new byte[6], host: other));
    }

    [Fact]
    public async Task RemoveItNexus_NotKnown_IsPassedOver()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var id = TransportId.Iscsi("iqn.2026-11.example:nobody", 1);
        DiskRig.Good(rig.Run(Request([0, 1, 0, (byte)id.Length, .. id.Wire])));
        DiskRig.Good(rig.Run(Request([])));
    }

    private static byte[] Eject() => Cdb.Of(BlockCommands.StartStopUnit, ("LOEJ", 1UL));

    private static ScsiRequest Read() => new(Cdb.Blocks(BlockCommands.Read10, 0, 1)) { DataIn = new byte[512] };

    private static byte[] Descriptor(VirtualInitiator host)
    {
        var id = host.Nexus.Initiator.TransportId;
        return [0, (byte)host.Nexus.Port.RelativePortIdentifier, 0, (byte)id.Length, .. id.Span];
    }

    private static ScsiRequest Request(byte[] descriptors)
    {
        byte[] list = [0, 0, 0, (byte)descriptors.Length, .. descriptors];
        return new(Cdb.Of(PrimaryCommands.RemoveItNexus, ("PARAMETER LIST LENGTH", (ulong)list.Length)))
        {
            DataOut = list,
        };
    }
}
