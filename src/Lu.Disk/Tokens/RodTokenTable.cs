using System.Security.Cryptography;
using Lunette.Lu.Disk.Copying;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tokens;

/// <summary>
/// The ROD tokens of one disk. They are point in time copies, change vulnerable: nothing is copied when one is made,
/// and the first change of a block it stands for ends it. A command that writes looks here after it has entered its
/// extent and before it asks the store; a token counts from before the commands in progress have left its blocks. So
/// whatever is read while the token is good is what was there when it was made. Any thread.
/// </summary>
internal sealed class RodTokenTable(DiskUnit unit)
{
    private readonly Lock _gate = new();
    private readonly List<RodTokenEntry> _entries = [];     // oldest first; good ones and the last that ended
    private int _good;
    private ulong _identifier;

    private TimeProvider Time => unit.Options.Time;

    /// <summary>Makes a token; null when there are as many good ones as there may be.</summary>
    public RodTokenEntry? TryMake(BlockRange[] ranges, uint inactivitySeconds)
    {
        lock (_gate)
        {
            foreach (var entry in _entries) Expire(entry);
            if (_good == CopyLimits.TokensMax) return null;
            if (_entries.Count >= 2 * CopyLimits.TokensMax) _entries.Remove(_entries.First(entry => !entry.IsGood));
            var bytes = new byte[RodToken.Length];
            var now = Time.GetTimestamp();
            var made = new RodTokenEntry(unit, bytes, ranges)
            {
                MadeAt = now,
                UsedAt = now,
                Inactivity = TimeSpan.FromSeconds(inactivitySeconds),
            };
            unit.Disk.Entropy.Fill(bytes.AsSpan(RodToken.ExtendedDataOffset));
            RodToken.Write(bytes, RodType.PointInTimeChangeVulnerable, ++_identifier, unit.CscdDescriptor(),
                (ulong)made.LengthBytes, unit.Capacity);
            _entries.Add(made);
            Interlocked.Increment(ref _good);
            return made;
        }
    }

    /// <summary>Finds the token that an initiator presents, and counts a user of it.</summary>
    public RodTokenEntry? TryUse(ReadOnlySpan<byte> token, out AdditionalSense refusal)
    {
        var identifier = RodToken.IdentifierOf(token);
        lock (_gate)
        {
            refusal = AdditionalSense.InvalidTokenOperationTokenUnknown;
            var found = _entries.Find(entry => RodToken.IdentifierOf(entry.Bytes.Span) == identifier);
            if (found is null) return null;
            refusal = AdditionalSense.InvalidTokenOperationTokenCorrupt;
            if (!CryptographicOperations.FixedTimeEquals(found.Bytes.Span, token)) return null;
            Expire(found);
            refusal = found.EndedBy;
            if (!found.IsGood) return null;
            found.Users++;
            return found;
        }
    }

    /// <summary>A copy uses it no longer.</summary>
    public void Release(RodTokenEntry entry, bool deletes)
    {
        lock (_gate)
        {
            entry.Users--;
            entry.UsedAt = Time.GetTimestamp();
            if (deletes) End(entry, AdditionalSense.InvalidTokenOperationTokenDeleted);
        }
    }

    /// <summary>Bytes of the medium are about to change: tokens that stand for them are good no more.</summary>
    public void Changing(long offset, long length)
    {
        if (Volatile.Read(ref _good) > 0) Revoke(offset, length);
    }

    /// <summary>Ends one token.</summary>
    public void Cancel(RodTokenEntry entry)
    {
        lock (_gate) End(entry, AdditionalSense.InvalidTokenOperationTokenCancelled);
    }

    /// <summary>Ends all tokens: the medium as a whole changes, or goes away.</summary>
    public void EndAll(AdditionalSense why)
    {
        lock (_gate)
            foreach (var entry in _entries) End(entry, why);
    }

    /// <summary>REPORT ALL ROD TOKENS command (SPC-6): what may be shown of each good token.</summary>
    public void WriteAll(ref ParameterDataWriter data)
    {
        lock (_gate)
        {
            foreach (var entry in _entries)
            {
                Expire(entry);
                if (entry.IsGood) data.Write(entry.Bytes.Span[..RodToken.ManagementLength]);
            }
        }
    }

    private void Revoke(long offset, long length)
    {
        lock (_gate)
        {
            foreach (var entry in _entries)
                if (entry.IsGood && entry.Touches(offset, length))
                    End(entry, AdditionalSense.InvalidTokenOperationTokenRevoked);
        }
    }

    private void Expire(RodTokenEntry entry)
    {
        if (entry.Users > 0 || !entry.IsGood) return;
        var lifetime = TimeSpan.FromSeconds(CopyLimits.LifetimeSecondsMax);
        if (Time.GetElapsedTime(entry.UsedAt) > entry.Inactivity || Time.GetElapsedTime(entry.MadeAt) > lifetime)
            End(entry, AdditionalSense.InvalidTokenOperationTokenExpired);
    }

    private void End(RodTokenEntry entry, AdditionalSense why)
    {
        if (!entry.IsGood) return;
        entry.EndedBy = why;
        Interlocked.Decrement(ref _good);
    }
}
