using System.Buffers.Binary;
using System.Text;
using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>CHANGE ALIASES, REPORT ALIASES and copies by alias (SPC-6).</summary>
public sealed class AliasTests
{
    private static readonly byte[] s_name = "iqn.2026-11.example:far"u8.ToArray();

    [Fact]
    public async Task ReportAliases_AfterChanges_HasTheStandardsBytes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.Equal(new byte[8] { 0, 0, 0, 4, 0, 0, 0, 0 }, Report(rig));
        DiskRig.Good(Send(rig, Change((0x0102030405060708, s_name), (1, [.. "a.b"u8]))));
        Assert.Equal(
            "00000040" + "0000" + "0002"
            + "0000000000000001" + "05" + "0000" + "00" + "0000" + "0004" + Convert.ToHexString([.. "a.b\0"u8])
            + "0102030405060708" + "05" + "0000" + "00" + "0000" + "0018" + Convert.ToHexString(s_name) + "00",
            Convert.ToHexString(Report(rig)));
        // One is changed, one forgotten, in one list; what is not named stays.
        DiskRig.Good(Send(rig, Change((1, [.. "c.d"u8]))));
        DiskRig.Good(Send(rig, Null(0x0102030405060708)));
        Assert.Equal("0000001800000001" + "0000000000000001" + "0500000000000004" + "632E6400",
            Convert.ToHexString(Report(rig)));
        DiskRig.Good(Send(rig, Null(99)));
    }

    [Theory]
    [InlineData(8, 0x10, 8)]        // PROTOCOL IDENTIFIER that is reserved
    [InlineData(8, 0x81, 8)]
    [InlineData(9, 0x01, 9)]
    [InlineData(12, 0x80, 12)]
    [InlineData(15, 0x03, 14)]      // DESIGNATION LENGTH that is no multiple of four
    public async Task ChangeAliases_FieldThatIsNotValid_InvalidFieldAtItAndNothingChanged(int at, byte value, int place)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var list = Change((1, s_name));
        list[8 + at] = value;
        var result = Send(rig, list);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList);
        Assert.Equal((uint)(8 + place), DiskRig.SenseOf(result).SenseKeySpecific & 0xFFFF);
        Assert.Equal(8, Report(rig).Length);
    }

    [Fact]
    public async Task ChangeAliases_MoreThanThereIsRoomFor_InsufficientResourcesAndNothingChanged()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        (ulong, byte[])[] many = [.. Enumerable.Range(1, 32).Select(value => ((ulong)value, s_name))];
        DiskRig.Good(Send(rig, Change(many)));
        DiskRig.Refused(Send(rig, Change((1, "z.z"u8.ToArray()), (100, s_name))), SenseKey.IllegalRequest,
            AdditionalSense.InsufficientResources);
        Assert.Equal(8 + (32 * 40), Report(rig).Length);
        Assert.Equal(0x18, Report(rig)[8 + 15]);
        // The list may be changed by as many as there is room for.
        DiskRig.Good(Send(rig, Change((1, "z.z"u8.ToArray()))));
    }

    // SPC-6, CHANGE ALIASES: one list for each nexus; its loss clears it, and a logical unit reset clears all.
    [Theory]
    [InlineData(TaskManagementFunction.ItNexusReset, true)]
    [InlineData(TaskManagementFunction.LogicalUnitReset, false)]
    public async Task Aliases_AfterNexusLossOrReset_AreGoneForWhomItConcerns(
        TaskManagementFunction function, bool othersStay)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var other = rig.Login();
        DiskRig.Good(Send(rig, Change((1, s_name))));
        Assert.Equal(8, Report(rig, other).Length);
        DiskRig.Good(Send(rig, Change((2, s_name)), other));
        var managed = rig.Host.ManageAsync(function);
        rig.PumpUntil(() => managed.IsCompleted);
        rig.Run(new byte[6]);
        rig.Run(new byte[6], host: other);
        Assert.Equal(8, Report(rig).Length);
        Assert.Equal(othersStay ? 48 : 8, Report(rig, other).Length);
    }

    [Fact]
    public async Task ExtendedCopy_ByAliasOfTheTarget_CopiesAndTheAliasStaysMeanwhile()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 4, 1), [.. Enumerable.Repeat((byte)0x5A, 512)]));
        DiskRig.Good(Send(rig, Change((9, Encoding.UTF8.GetBytes(rig.Host.Nexus.Port.Name)))));
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        var copy = rig.Start(CopyLists.Request(PrimaryCommands.ExtendedCopyLid4, Copy(rig, 9)));
        rig.PumpUntil(() => hang.Held > 0);
        // A command that is enabled refers to the list.
        DiskRig.Refused(Send(rig, Null(9)), SenseKey.IllegalRequest, AdditionalSense.OperationInProgress);
        hang.Release();
        DiskRig.Good(rig.Finish(copy));
        Assert.All(rig.Read(Cdb.Blocks(BlockCommands.Read16, 1000, 1), 512), value => Assert.Equal(0x5A, value));
        DiskRig.Good(Send(rig, Null(9)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("iqn.2026-11.example:far")]
    public async Task ExtendedCopy_ByAliasOfNobodyReached_UnreachableCopyTarget(string name)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        if (name.Length > 0) DiskRig.Good(Send(rig, Change((9, Encoding.UTF8.GetBytes(name)))));
        var result = rig.Run(CopyLists.Request(PrimaryCommands.ExtendedCopyLid4, Copy(rig, 9)));
        DiskRig.Refused(result, SenseKey.CopyAborted, AdditionalSense.UnreachableCopyTarget);
    }

    [Fact]
    public async Task ExtendedCopy_AliasWithLuIdTypeThatIsNoLun_InvalidFieldAtIt()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var list = Copy(rig, 9);
        list[CopyLists.HeaderLid4 + 1] = 0x40;
        var result = rig.Run(CopyLists.Request(PrimaryCommands.ExtendedCopyLid4, list));
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList);
        Assert.Equal((uint)CopyLists.HeaderLid4 + 1, DiskRig.SenseOf(result).SenseKeySpecific & 0xFFFF);
    }

    /// <summary>A parameter list of iSCSI names.</summary>
    internal static byte[] Change(params (ulong Value, byte[] Name)[] entries)
    {
        List<byte> list = [0, 0, 0, 0, 0, 0, 0, 0];
        foreach (var (value, name) in entries)
        {
            var entry = new byte[16 + ((name.Length + 4) & ~3)];
            BinaryPrimitives.WriteUInt64BigEndian(entry, value);
            entry[8] = 0x05;
            entry[15] = (byte)(entry.Length - 16);
            name.CopyTo(entry, 16);
            list.AddRange(entry);
        }
        list[3] = (byte)(list.Count - 4);
        return [.. list];
    }

    private static byte[] Null(ulong value)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), value);
        list[16] = 0x80;
        return list;
    }

    // Block 4 to block 1000, both by alias; LUN 0 at the target.
    private static byte[] Copy(DiskRig rig, ulong alias)
    {
        var list = CopyLists.Lid4(rig.Disk, rig.Disk, 1, 4, 1000, 1);
        foreach (var at in (int[])[CopyLists.HeaderLid4, CopyLists.HeaderLid4 + 32])
        {
            list.AsSpan(at, 28).Clear();
            list[at] = 0xE6;
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(at + 12), alias);
        }
        return list;
    }

    private static ScsiResult Send(DiskRig rig, byte[] list, VirtualInitiator? host = null) => rig.Run(
        Cdb.Of(PrimaryCommands.ChangeAliases, ("PARAMETER LIST LENGTH", (ulong)list.Length)), list, host);

    private static byte[] Report(DiskRig rig, VirtualInitiator? host = null)
    {
        var bytes = new byte[4096];
        var result = rig.Run(new ScsiRequest(Cdb.Of(PrimaryCommands.ReportAliases, ("ALLOCATION LENGTH", 4096UL)))
        {
            DataIn = bytes,
        }, host);
        DiskRig.Good(result);
        return bytes[..result.DataInLength];
    }
}
