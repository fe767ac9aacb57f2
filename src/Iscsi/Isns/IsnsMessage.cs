using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Lunette.Iscsi.Isns;

/// <summary>Functions of an iSNS client and the answers to them (RFC 4171 section 4.1.3).</summary>
public enum IsnsFunction : ushort
{
    /// <summary>Device attribute registration.</summary>
    DeviceAttributeRegistration = 0x0001,

    /// <summary>Device deregistration.</summary>
    DeviceDeregistration = 0x0004,
}

/// <summary>Attributes of iSNS objects (RFC 4171 section 6.1).</summary>
public enum IsnsTag
{
    /// <summary>Between message key and operating attributes.</summary>
    Delimiter = 0,

    /// <summary>The network entity.</summary>
    EntityIdentifier = 1,

    /// <summary>What the entity speaks: 2 is iSCSI.</summary>
    EntityProtocol = 2,

    /// <summary>A portal's address, IPv4 in IPv6 form.</summary>
    PortalIpAddress = 16,

    /// <summary>A portal's TCP port.</summary>
    PortalPort = 17,

    /// <summary>A storage node's iSCSI name.</summary>
    IscsiName = 32,

    /// <summary>What the node is: 1 is a target.</summary>
    IscsiNodeType = 33,

    /// <summary>The node's alias.</summary>
    IscsiAlias = 34,

    /// <summary>A portal group: the node it is of.</summary>
    PgIscsiName = 48,

    /// <summary>A portal group's portal: its address.</summary>
    PgPortalIpAddress = 49,

    /// <summary>A portal group's portal: its TCP port.</summary>
    PgPortalPort = 50,

    /// <summary>The portal group tag of node and portal; without a value, the node is not at that portal.</summary>
    PgTag = 51,
}

/// <summary>A request to an iSNS server (RFC 4171 section 5): attributes after a header.</summary>
public sealed class IsnsMessage
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 12;

    private const ushort Version = 1;
    private const ushort FromClient = 0x8000;
    private const ushort Replaces = 0x1000;
    private const ushort FirstAndLast = 0x0C00;

    private readonly List<byte> _attributes = [];
    private readonly IsnsFunction _function;
    private readonly ushort _transaction;
    private readonly ushort _flags;

    /// <summary>Begins a request.</summary>
    /// <param name="function">What is asked.</param>
    /// <param name="transaction">What the answer is told by.</param>
    /// <param name="replaces">Whether what was registered before goes.</param>
    public IsnsMessage(IsnsFunction function, ushort transaction, bool replaces = false)
    {
        _function = function;
        _transaction = transaction;
        _flags = (ushort)(FromClient | FirstAndLast | (replaces ? Replaces : 0));
    }

    /// <summary>Adds a text, NUL behind it.</summary>
    public IsnsMessage Add(IsnsTag tag, string text) => Add(tag, [.. Encoding.UTF8.GetBytes(text), 0]);

    /// <summary>Adds a number of four bytes.</summary>
    public IsnsMessage Add(IsnsTag tag, uint number) =>
        Add(tag, [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);

    /// <summary>Adds an address of 16 bytes.</summary>
    public IsnsMessage Add(IsnsTag tag, IPAddress address) => Add(tag, address.MapToIPv6().GetAddressBytes());

    /// <summary>Adds an attribute without a value, such as the delimiter.</summary>
    public IsnsMessage Add(IsnsTag tag) => Add(tag, []);

    /// <summary>The request.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[HeaderLength + _attributes.Count];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)_function);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)_attributes.Count);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), _flags);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), _transaction);
        _attributes.CopyTo(bytes, HeaderLength);
        return bytes;
    }

    /// <summary>Bytes an answer has after its header; -1 where the bytes are no header.</summary>
    public static int AnswerLength(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(header) == Version
            ? BinaryPrimitives.ReadUInt16BigEndian(header[4..])
            : -1;

    /// <summary>The status of an answer, 0 for success (RFC 4171 section 5.4); null where it answers something
    /// else.</summary>
    public uint? StatusOf(ReadOnlySpan<byte> answer) =>
        answer.Length >= HeaderLength + sizeof(uint)
        && BinaryPrimitives.ReadUInt16BigEndian(answer[2..]) == (0x8000 | (ushort)_function)
        && BinaryPrimitives.ReadUInt16BigEndian(answer[8..]) == _transaction
            ? BinaryPrimitives.ReadUInt32BigEndian(answer[HeaderLength..])
            : null;

    private IsnsMessage Add(IsnsTag tag, ReadOnlySpan<byte> value)
    {
        var padded = (value.Length + 3) & ~3;
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(head, (uint)tag);
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], (uint)padded);
        _attributes.AddRange(head);
        _attributes.AddRange(value);
        for (var i = value.Length; i < padded; i++) _attributes.Add(0);
        return this;
    }
}
