using System.Buffers.Binary;
using Lunette.Runtime;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Provider;

/// <summary>
/// Makes identifiers: NAA 6, company identifier, six bytes for the host, the time in seconds and a counter, which
/// begins anywhere so that two of us on one host differ.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="entropy">Where the counter begins; and the host's bytes, where it has no hardware address.</param>
/// <param name="hardwareAddress">48 bits that no other host has; null where this one has none such.</param>
public sealed class DiskIdSource(TimeProvider time, IEntropy entropy, ulong? hardwareAddress = null)
{
    /// <summary>The company identifier of identifiers nobody registered: locally administered.</summary>
    public const uint CompanyIdDefault = 0x024C55;

    private const int AddressLength = 6;
    private const byte GroupOrLocal = 0x03;

    private readonly Lock _gate = new();
    private ulong? _host = hardwareAddress;
    private ushort? _counter;
    private uint _latest;
    private uint _floor;

    /// <summary>
    /// The first hardware address that says who a host is: one of a manufacturer's. Virtual machines and containers
    /// give themselves theirs, and many the same; null where there is no other.
    /// </summary>
    /// <param name="addresses">Those of a host's network interfaces, in their order.</param>
    public static ulong? ChooseHost(IEnumerable<byte[]> addresses)
    {
        var first = addresses.FirstOrDefault(address =>
            address.Length == AddressLength && (address[0] & GroupOrLocal) == 0 && address.Any(octet => octet != 0));
        return first?.Aggregate(0UL, (value, octet) => value << 8 | octet);
    }

    /// <summary>A new identifier.</summary>
    /// <param name="companyId">24 bits; null for <see cref="CompanyIdDefault"/>.</param>
    /// <param name="hostId">Stands for the host, with two bytes of zeros; null for this host's own.</param>
    public LogicalUnitId Next(uint? companyId = null, uint? hostId = null)
    {
        lock (_gate)
        {
            _host ??= (ulong)Draw() << 16;
            var host = hostId is { } given ? (ulong)given << 16 : _host.Value;
            var company = (companyId ?? CompanyIdDefault) & 0xFF_FFFF;
            // NAA (4 bits), company (24), zero (4), host (48), time (32), counter (16).
            return new(
                6UL << 60 | (ulong)company << 36 | host >> 16,
                host << 48 | (ulong)NextMoment() << 16 | _counter!.Value);
        }
    }

    // No moment has a count twice: once the counter has gone round, every moment is later than all before.
    private uint NextMoment()
    {
        var now = (uint)time.GetUtcNow().ToUnixTimeSeconds();
        _latest = Math.Max(_latest, now);
        _counter = (ushort)((_counter ?? (ushort)Draw()) + 1);
        if (_counter == 0) _floor = _latest = _latest + 1;
        return Math.Max(now, _floor);
    }

    // Not zero: four bytes of zeros would say nothing.
    private uint Draw()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        entropy.Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) | 1;
    }
}
