namespace Lunette.Iscsi;

/// <summary>What an initiator asks for with SendTargets (RFC 7143 appendix C).</summary>
public enum SendTargetsScope : byte
{
    /// <summary>All: every target; in a discovery session only.</summary>
    All,

    /// <summary>One target, by name.</summary>
    Named,

    /// <summary>The target of this session; in a normal session only.</summary>
    ThisTarget,
}

/// <summary>A target and where it is reached.</summary>
/// <param name="Name">The target's name.</param>
/// <param name="Addresses">Its portals; empty means the one that was asked.</param>
public sealed record TargetRecord(IscsiName Name, IReadOnlyList<PortalAddress> Addresses);

/// <summary>The SendTargets exchange: its text, built and parsed (RFC 7143 appendix C).</summary>
public static class SendTargets
{
    /// <summary>The value that asks for every target.</summary>
    public const string All = "All";

    /// <summary>Judges the value of a SendTargets key. False when the session does not allow it, or it is no name: the
    /// answer is Reject.</summary>
    public static bool TryParseRequest(
        string value, SessionType sessionType, out SendTargetsScope scope, out IscsiName name)
    {
        name = default;
        scope = value switch
        {
            All => SendTargetsScope.All,
            "" => SendTargetsScope.ThisTarget,
            _ => SendTargetsScope.Named,
        };
        return scope switch
        {
            SendTargetsScope.All => sessionType == SessionType.Discovery,
            SendTargetsScope.ThisTarget => sessionType == SessionType.Normal,
            _ => IscsiName.TryParse(value, out name),
        };
    }

    /// <summary>Appends one target. Each address must carry its portal group tag.</summary>
    public static void Add(TextBuilder to, TargetRecord target)
    {
        to.Add(Keys.TargetName.Name, target.Name.Value);
        foreach (var address in target.Addresses)
        {
            if (address.PortalGroupTag is null) throw new ArgumentException("an address without tag", nameof(target));
            to.Add(Keys.TargetAddress.Name, address.ToString());
        }
    }

    /// <summary>Reads an answer. False when it is malformed; keys that are not part of it are skipped.</summary>
    public static bool TryParseResponse(IReadOnlyList<TextPair> pairs, out IReadOnlyList<TargetRecord> targets)
    {
        var found = new List<TargetRecord>();
        targets = [];
        List<PortalAddress>? addresses = null;
        foreach (var (key, value) in pairs)
        {
            if (key == Keys.TargetName.Name)
            {
                if (!IscsiName.TryParse(value, out var name)) return false;
                addresses = [];
                found.Add(new(name, addresses));
            }
            else if (key == Keys.TargetAddress.Name)
            {
                if (addresses is null || !PortalAddress.TryParse(value, out var address)) return false;
                addresses.Add(address!);
            }
            else if (key == Keys.SendTargets.Name) return false;        // Reject, NotUnderstood: there is no answer
        }
        targets = found;
        return true;
    }
}
