using System.Buffers.Binary;
using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// Which logical unit a LUN is: its serial number and the designators associated with the unit itself (SPC-6, Unit
/// Serial Number and Device Identification VPD pages). Designators of ports differ from path to path and do not count.
/// </summary>
internal sealed class LogicalUnitIdentity(Lun lun)
{
    private readonly List<byte> _now = [];
    private byte[]? _known;

    public Lun Lun { get; } = lun;

    /// <summary>It has been read once.</summary>
    public bool IsRead => _known is not null;

    /// <summary>There is something to be told apart by.</summary>
    public bool IsTelling => _known is { Length: > 0 };

    /// <summary>It was another one when it was read again.</summary>
    public bool IsAnother { get; private set; }

    /// <summary>It is about to be read.</summary>
    public void Begin() => _now.Clear();

    /// <summary>A page as the target sent it; nothing where it has none, or a malformed one.</summary>
    public void Take(VpdPageCode page, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < VpdPage.HeaderLength || bytes[1] != (byte)page) return;
        var content = bytes[VpdPage.HeaderLength..];
        content = content[..Math.Min(content.Length, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]))];
        if (page == VpdPageCode.UnitSerialNumber)
        {
            _now.AddRange(content);
            return;
        }
        while (content.Length >= Designator.HeaderLength)
        {
            var length = Math.Min(Designator.HeaderLength + content[3], content.Length);
            if ((content[1] & 0x30) == 0) _now.AddRange(content[..length]);
            content = content[length..];
        }
    }

    /// <summary>Both pages have been read; false when they are not those of the unit that was known.</summary>
    public bool Complete()
    {
        if (_known is null) _known = [.. _now];
        else if (!_known.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_now)))
            IsAnother = true;
        return !IsAnother;
    }
}
