using System.Runtime.InteropServices;

namespace Lunette.Libstmf.Structures;

// The structures of include/libstmf.h, field by field. Lists are made by CList: a count, then the items.

/// <summary><c>stmfGuid</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CGuid
{
    public const int Length = 16;

    public fixed byte Guid[Length];
}

/// <summary><c>stmfState</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CState
{
    public int OperationalState;
    public int ConfigState;
}

/// <summary><c>stmfDevid</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CDevid
{
    public const int IdentBytes = 255;

    public byte IdentLength;
    public fixed byte Ident[IdentBytes];
}

/// <summary><c>stmfGroupName</c> and <c>stmfProviderName</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CName
{
    public fixed byte Text[CText.NameBytes];
}

/// <summary><c>stmfProvider</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CProvider
{
    public int ProviderType;
    public CName Name;
}

/// <summary><c>stmfSession</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CSession
{
    public CDevid Initiator;
    public CName Alias;
    public nint CreationTime;
}

/// <summary><c>stmfViewEntry</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CViewEntry
{
    public const int LuNbrBytes = 8;

    public int VeIndexValid;
    public uint VeIndex;
    public int AllHosts;
    public CName HostGroup;
    public int AllTargets;
    public CName TargetGroup;
    public int LuNbrValid;
    public fixed byte LuNbr[LuNbrBytes];
}

/// <summary><c>stmfTargetProperties</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CTargetProperties
{
    public CName ProviderName;
    public CName Alias;
    public ushort Status;
    public int Protocol;
    public CDevid Devid;
}

/// <summary><c>stmfLogicalUnitProperties</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CLogicalUnitProperties
{
    public CName Alias;
    public fixed byte Vendor[8];
    public fixed byte Product[16];
    public fixed byte Revision[4];
    public uint Status;
    public CName ProviderName;
    public CGuid Luid;
}
