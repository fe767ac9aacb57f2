using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>Target groups and host groups.</summary>
internal static unsafe class GroupFunctions
{
    [UnmanagedCallersOnly(EntryPoint = "stmfCreateTargetGroup")]
    public static int CreateTargetGroup(CName* group) =>
        OnGroup(group, static (stmf, name) => stmf.CreateTargetGroupAsync(name));

    [UnmanagedCallersOnly(EntryPoint = "stmfDeleteTargetGroup")]
    public static int DeleteTargetGroup(CName* group) =>
        OnGroup(group, static (stmf, name) => stmf.DeleteTargetGroupAsync(name));

    [UnmanagedCallersOnly(EntryPoint = "stmfGetTargetGroupList")]
    public static int GetTargetGroupList(void** list) =>
        Lists.Answer<string, CName>(list, static stmf => stmf.GetTargetGroupListAsync(), CStructure.Write);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetTargetGroupMembers")]
    public static int GetTargetGroupMembers(CName* group, void** list) =>
        MembersOf(group, list, static (stmf, name) => stmf.GetTargetGroupMembersAsync(name));

    [UnmanagedCallersOnly(EntryPoint = "stmfAddToTargetGroup")]
    public static int AddToTargetGroup(CName* group, CDevid* member) =>
        OnMember(group, member, static (stmf, name, devid) => stmf.AddToTargetGroupAsync(name, devid));

    [UnmanagedCallersOnly(EntryPoint = "stmfRemoveFromTargetGroup")]
    public static int RemoveFromTargetGroup(CName* group, CDevid* member) =>
        OnMember(group, member, static (stmf, name, devid) => stmf.RemoveFromTargetGroupAsync(name, devid));

    [UnmanagedCallersOnly(EntryPoint = "stmfCreateHostGroup")]
    public static int CreateHostGroup(CName* group) =>
        OnGroup(group, static (stmf, name) => stmf.CreateHostGroupAsync(name));

    [UnmanagedCallersOnly(EntryPoint = "stmfDeleteHostGroup")]
    public static int DeleteHostGroup(CName* group) =>
        OnGroup(group, static (stmf, name) => stmf.DeleteHostGroupAsync(name));

    [UnmanagedCallersOnly(EntryPoint = "stmfGetHostGroupList")]
    public static int GetHostGroupList(void** list) =>
        Lists.Answer<string, CName>(list, static stmf => stmf.GetHostGroupListAsync(), CStructure.Write);

    [UnmanagedCallersOnly(EntryPoint = "stmfGetHostGroupMembers")]
    public static int GetHostGroupMembers(CName* group, void** list) =>
        MembersOf(group, list, static (stmf, name) => stmf.GetHostGroupMembersAsync(name));

    [UnmanagedCallersOnly(EntryPoint = "stmfAddToHostGroup")]
    public static int AddToHostGroup(CName* group, CDevid* member) =>
        OnMember(group, member, static (stmf, name, devid) => stmf.AddToHostGroupAsync(name, devid));

    [UnmanagedCallersOnly(EntryPoint = "stmfRemoveFromHostGroup")]
    public static int RemoveFromHostGroup(CName* group, CDevid* member) =>
        OnMember(group, member, static (stmf, name, devid) => stmf.RemoveFromHostGroupAsync(name, devid));

    private static int OnGroup(CName* group, Func<IStmf, string, ValueTask<StmfResult>> verb) => Caller.Run(() =>
        CText.TryReadName((byte*)group, out var name)
            ? Caller.Ask(stmf => verb(stmf, name))
            : StmfStatus.InvalidArg);

    private static int OnMember(
        CName* group, CDevid* member, Func<IStmf, string, Devid, ValueTask<StmfResult>> verb) => Caller.Run(() =>
        CText.TryReadName((byte*)group, out var name) && CStructure.TryRead(member, out var devid)
            ? Caller.Ask(stmf => verb(stmf, name, devid))
            : StmfStatus.InvalidArg);

    private static int MembersOf(
        CName* group, void** list, Func<IStmf, string, ValueTask<StmfResult<IReadOnlyList<Devid>>>> verb) =>
        CText.TryReadName((byte*)group, out var name)
            ? Lists.Answer<Devid, CDevid>(list, stmf => verb(stmf, name), CStructure.Write)
            : Caller.Run(() => StmfStatus.InvalidArg);
}
