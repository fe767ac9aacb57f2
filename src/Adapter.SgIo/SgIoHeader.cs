using System.Runtime.InteropServices;

namespace Lunette.Adapter.SgIo;

/// <summary>
/// Linux's <c>sg_io_hdr</c> (version 3 of the interface, 64-bit): what the SG_IO ioctl takes. The order of fields and
/// their meaning are those of the kernel's SG howto; a test holds offsets and size.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SgIoHeader
{
    public const int InterfaceId = 'S';
    public const int DirectionNone = -1;
    public const int DirectionToDevice = -2;
    public const int DirectionFromDevice = -3;

    public int InterfaceIdentifier;
    public int Direction;
    public byte CdbLength;
    public byte SenseLengthMax;
    public ushort SegmentCount;
    public uint DataLength;
    public void* Data;
    public byte* Cdb;
    public byte* Sense;
    public uint TimeoutMilliseconds;
    public uint Flags;
    public int PackId;
    public void* User;
    public byte Status;
    public byte MaskedStatus;
    public byte MessageStatus;
    public byte SenseLength;
    public ushort HostStatus;
    public ushort DriverStatus;
    public int Residual;
    public uint DurationMilliseconds;
    public uint Info;
}
