using System.Buffers.Binary;
using Lunette.Runtime;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Provider;

/// <summary>
/// Makes identifiers: NAA 6, company identifier, six bytes for the host, the time in seconds and a counter.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="entropy">Six bytes for this host, drawn once, where the administrator gives none.</param>
public sealed class DiskIdSource(TimeProvider time, IEntropy entropy)
{
    /// <summary>The company identifier of identifiers nobody registered: locally administered.</summary>
    public const uint CompanyIdDefault = 0x024C55;

    private readonly Lock _gate = new();
    private ulong _host;
    private ushort _counter;

    /// <summary>A new identifier.</summary>
    /// <param name="companyId">24 bits; null for <see cref="CompanyIdDefault"/>.</param>
    /// <param name="hostId">Stands for the host, with two bytes of zeros; null for this host's own.</param>
    public LogicalUnitId Next(uint? companyId = null, uint? hostId = null)
    {
        lock (_gate)
        {
            if (_host == 0) _host = DrawHost();
            var host = hostId is { } given ? (ulong)given << 16 : _host;
            var company = (companyId ?? CompanyIdDefault) & 0xFF_FFFF;
            var seconds = (ulong)(uint)time.GetUtcNow().ToUnixTimeSeconds();
            // NAA (4 bits), company (24), zero (4), host (48), time (32), counter (16).
            return new(
                6UL << 60 | (ulong)company << 36 | host >> 16,
                host << 48 | seconds << 16 | ++_counter);
        }
    }

    private ulong DrawHost()
    {
        Span<byte> bytes = stackalloc byte[8];
        entropy.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16 | 1;
    }
}
