using System.Text;

namespace Lunette.Scsi;

/// <summary>
/// One entry of an alias list: a number for the long name of a SCSI target device or target port (SPC-6, Alias entry
/// format).
/// </summary>
/// <param name="Value">ALIAS VALUE.</param>
/// <param name="Protocol">PROTOCOL IDENTIFIER: of the transport, or <see cref="ProtocolIndependent"/>.</param>
/// <param name="FormatCode">FORMAT CODE.</param>
/// <param name="Designation">DESIGNATION; nobody judges it before it is used.</param>
/// <remarks>
/// <code>
/// +0 ALIAS VALUE (8)   +8 PROTOCOL IDENTIFIER   +11 FORMAT CODE   +14 DESIGNATION LENGTH (2)   +16 DESIGNATION
/// </code>
/// </remarks>
public sealed record AliasEntry(ulong Value, byte Protocol, byte FormatCode, ReadOnlyMemory<byte> Designation)
{
    /// <summary>PROTOCOL IDENTIFIER of designations that belong to no transport.</summary>
    public const byte ProtocolIndependent = 0x80;

    /// <summary>Length of an entry without its designation, in bytes.</summary>
    public const int HeaderLength = 16;

    private const byte ProtocolMax = 0x0F;
    private const byte IscsiFormatMax = 0x03;

    /// <summary>NULL DESIGNATION: the alias is to be forgotten.</summary>
    public bool IsNull => Protocol == ProtocolIndependent;

    /// <summary>The iSCSI name in it, whatever address comes with it; null where it has none.</summary>
    public string? IscsiName
    {
        get
        {
            if (Protocol != (byte)ProtocolIdentifier.Iscsi || FormatCode > IscsiFormatMax) return null;
            var end = Designation.Span.IndexOf((byte)0);
            return end <= 0 ? null : Encoding.UTF8.GetString(Designation.Span[..end]);
        }
    }

    /// <summary>Writes the entry.</summary>
    public void Write(ref ParameterDataWriter to)
    {
        to.WriteUInt64(Value);
        to.WriteByte(Protocol);
        to.WriteZeros(2);
        to.WriteByte(FormatCode);
        to.WriteZeros(2);
        to.WriteUInt16(Designation.Length);
        to.Write(Designation.Span);
    }

    /// <summary>Reads an entry of a parameter list; what is wrong stands in the reader.</summary>
    public static AliasEntry Read(ref ParameterListReader from)
    {
        var at = from.Position;
        var value = from.ReadUInt64();
        var protocol = from.ReadByte();
        from.Reserved(2);
        var format = from.ReadByte();
        from.Reserved(2);
        var length = from.ReadUInt16();
        // Table of PROTOCOL IDENTIFIER values; a designation is as long as four bytes or more fill.
        if (protocol is > ProtocolMax and not ProtocolIndependent) from.Refuse(at + 8);
        if (protocol == ProtocolIndependent && format != 0) from.Refuse(at + 11);
        if (length % 4 != 0 || (protocol == ProtocolIndependent && length != 0)) from.Refuse(at + 14);
        return new(value, protocol, format, from.ReadBytes(length).ToArray());
    }
}
