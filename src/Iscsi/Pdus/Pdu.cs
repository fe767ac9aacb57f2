using System.Buffers.Binary;

namespace Lunette.Iscsi;

/// <summary>A named view over a <see cref="BasicHeaderSegment"/>; it owns nothing and allocates nothing.</summary>
/// <typeparam name="TSelf">The view.</typeparam>
public interface IPdu<TSelf> where TSelf : IPdu<TSelf>, allows ref struct
{
    /// <summary>The opcode whose fields the view names.</summary>
    static abstract PduOpCode OpCode { get; }

    /// <summary>Makes the view. Spans convert to the parameter; over a read-only one the view only reads.</summary>
    static abstract TSelf Over(BasicHeaderSegment bhs);
}

/// <summary>Where a PDU comes into being.</summary>
public static class Pdu
{
    private const uint ReservedTag = 0xFFFF_FFFF;

    /// <summary>
    /// Begins a PDU. Clears first: a field nobody sets is zero on the wire, never a previous owner's byte. What stands
    /// otherwise in an unset field is set here: F is 1 (T is 0 in a login), a login request is immediate, tags that
    /// name nothing are FFFFFFFFh.
    /// </summary>
    /// <param name="bhs">At least 48 bytes; the first 48 are overwritten.</param>
    public static TPdu Begin<TPdu>(Span<byte> bhs) where TPdu : IPdu<TPdu>, allows ref struct
    {
        bhs = bhs[..BasicHeaderSegment.Length];
        bhs.Clear();
        bhs[0] = (byte)TPdu.OpCode;
        bhs[1] = 0x80;
        switch (TPdu.OpCode)
        {
            case PduOpCode.LoginRequest:
                bhs[0] |= 0x40;
                bhs[1] = 0;
                break;
            case PduOpCode.LoginResponse:
                bhs[1] = 0;
                break;
            case PduOpCode.NopOut or PduOpCode.NopIn or PduOpCode.TextRequest or PduOpCode.TextResponse
                or PduOpCode.DataOut or PduOpCode.DataIn:
                BinaryPrimitives.WriteUInt32BigEndian(bhs[20..], ReservedTag);      // Target Transfer Tag
                break;
            case PduOpCode.TaskManagementRequest:
                BinaryPrimitives.WriteUInt32BigEndian(bhs[20..], ReservedTag);      // Referenced Task Tag
                break;
            case PduOpCode.SnackRequest:
                BinaryPrimitives.WriteUInt32BigEndian(bhs[16..], ReservedTag);
                BinaryPrimitives.WriteUInt32BigEndian(bhs[20..], ReservedTag);
                break;
            case PduOpCode.AsynchronousMessage or PduOpCode.Reject:
                BinaryPrimitives.WriteUInt32BigEndian(bhs[16..], ReservedTag);
                break;
        }
        return TPdu.Over(bhs);
    }
}
