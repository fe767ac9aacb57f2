using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Lunette.Admin.Contracts;

namespace Lunette.Libstmf.Structures;

/// <summary>Between the caller's structures and the contracts' records.</summary>
internal static unsafe class CStructure
{
    private const int True = 1;
    private const int LunMax = 0x3FFF;

    public static bool TryRead(CDevid* from, out Devid devid)
    {
        devid = default;
        return from is not null
            && from->IdentLength > 0
            && CText.TryDecode(new(from->Ident, from->IdentLength), out var name)
            && Devid.TryCreate(name, out devid);
    }

    public static void Write(Devid devid, CDevid* into)
    {
        var ident = new Span<byte>(into->Ident, CDevid.IdentBytes);
        ident.Clear();
        into->IdentLength = (byte)Encoding.UTF8.GetBytes(devid.Name, ident);
    }

    public static bool TryRead(CGuid* from, out StmfGuid guid)
    {
        guid = default;
        if (from is null) return false;
        var bytes = new ReadOnlySpan<byte>(from->Guid, CGuid.Length);
        guid = new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        return true;
    }

    public static void Write(StmfGuid guid, CGuid* into)
    {
        var bytes = new Span<byte>(into->Guid, CGuid.Length);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, guid.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], guid.Low);
    }

    public static void Write(string name, CName* into) => CText.Write(name, new(into->Text, CText.NameBytes));

    public static void Write(Provider provider, CProvider* into)
    {
        into->ProviderType = (int)provider.Type;
        Write(provider.Name, &into->Name);
    }

    public static void Write(SessionProperties session, CSession* into)
    {
        Write(session.Initiator, &into->Initiator);
        Write(session.Alias, &into->Alias);
        into->CreationTime = (nint)session.CreationTime.ToUnixTimeSeconds();
    }

    public static void Write(TargetProperties target, CTargetProperties* into)
    {
        Write(target.ProviderName, &into->ProviderName);
        Write(target.Alias, &into->Alias);
        into->Status = (ushort)target.Status;
        into->Protocol = (int)target.Protocol;
        Write(target.Devid, &into->Devid);
    }

    // Vendor, product and revision stay empty, as they always did: stmfGetLuProp has them.
    public static void Write(LogicalUnitProperties unit, CLogicalUnitProperties* into)
    {
        *into = default;
        Write(unit.Alias, &into->Alias);
        into->Status = (uint)unit.Status;
        Write(unit.ProviderName, &into->ProviderName);
        Write(unit.Guid, &into->Luid);
    }

    /// <summary>Reads an entry to be; an index in it is ignored.</summary>
    public static bool TryRead(CViewEntry* from, [NotNullWhen(true)] out ViewEntry? entry)
    {
        entry = null;
        if (from is null) return false;
        string? hostGroup = null, targetGroup = null;
        int? lun = null;
        if (from->AllHosts == 0 && !CText.TryReadName(from->HostGroup.Text, out hostGroup)) return false;
        if (from->AllTargets == 0 && !CText.TryReadName(from->TargetGroup.Text, out targetGroup)) return false;
        if (from->LuNbrValid != 0)
        {
            lun = BinaryPrimitives.ReadUInt16BigEndian(new(from->LuNbr, 2));
            if (lun > LunMax) return false;
        }
        entry = new(null, hostGroup, targetGroup, lun);
        return true;
    }

    public static void Write(ViewEntry entry, CViewEntry* into)
    {
        *into = default;
        if (entry.HostGroup is null) into->AllHosts = True;
        else Write(entry.HostGroup, &into->HostGroup);
        if (entry.TargetGroup is null) into->AllTargets = True;
        else Write(entry.TargetGroup, &into->TargetGroup);
        WriteChosen(entry, into);
    }

    /// <summary>Writes what the framework chose, index and number, and leaves what the caller said.</summary>
    public static void WriteChosen(ViewEntry entry, CViewEntry* into)
    {
        if (entry.Index is { } index)
        {
            into->VeIndexValid = True;
            into->VeIndex = index;
        }
        if (entry.Lun is not { } lun) return;
        into->LuNbrValid = True;
        var bytes = new Span<byte>(into->LuNbr, CViewEntry.LuNbrBytes);
        bytes.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)lun);
    }
}
