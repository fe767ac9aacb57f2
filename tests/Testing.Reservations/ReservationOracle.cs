using Lunette.Scsi;

namespace Lunette.Testing.Reservations;

/// <summary>
/// Persistent reservations of one logical unit by the rules of SPC-6, said as plainly as can be: registered keys by
/// host, who holds what, and which hosts are owed which attention.
/// </summary>
public sealed class ReservationOracle(int hosts)
{
    private readonly bool[] _holds = new bool[hosts];

    public ulong[] Keys { get; } = new ulong[hosts];

    public PersistentReservationType? Type { get; private set; }

    public uint Generation { get; private set; }

    public List<HashSet<AdditionalSense>> Owed { get; } = [.. Enumerable.Range(0, hosts).Select(_ => Nothing())];

    public bool MayAccess(int host, bool write)
    {
        if (Type is not { } type || _holds[host]) return true;
        if ((int)type >= 5 && Keys[host] != 0) return true;
        return !write && type is PersistentReservationType.WriteExclusive
            or PersistentReservationType.WriteExclusiveRegistrantsOnly
            or PersistentReservationType.WriteExclusiveAllRegistrants;
    }

    /// <summary>Carries out a command: <c>good</c>, <c>conflict</c>, or its additional sense code by name.</summary>
    public string Decide(int host, ReservationWish wish)
    {
        Preempted.Clear();
        if (wish.Command == PrimaryCommands.PersistentReserveOutRegister)
            return wish.Key == Keys[host] ? Register(host, wish.ServiceActionKey) : "conflict";
        if (wish.Command == PrimaryCommands.PersistentReserveOutRegisterAndIgnoreExistingKey)
            return Register(host, wish.ServiceActionKey);
        if (Keys[host] == 0 || wish.Key != Keys[host]) return "conflict";
        if (wish.Command == PrimaryCommands.PersistentReserveOutReserve) return Reserve(host, wish.Type);
        if (wish.Command == PrimaryCommands.PersistentReserveOutRelease) return Release(host, wish.Type);
        if (wish.Command == PrimaryCommands.PersistentReserveOutClear) return Clear(host);
        if (wish.Moves) return Move(host, wish);
        return Preempt(host, wish.ServiceActionKey, wish.Type);
    }

    /// <summary>The hosts that the last command preempted.</summary>
    public List<int> Preempted { get; } = [];

    private static HashSet<AdditionalSense> Nothing() => [];

    private string Register(int host, ulong key)
    {
        if (key == 0 && Keys[host] == 0) return "good";
        Generation++;
        var registrantsOnly = Type is PersistentReservationType.WriteExclusiveRegistrantsOnly
            or PersistentReservationType.ExclusiveAccessRegistrantsOnly;
        var held = _holds[host];
        Keys[host] = key;
        if (key != 0)
        {
            // Who registers becomes a holder where all registrants are.
            if ((int?)Type >= 7) _holds[host] = true;
            return "good";
        }
        _holds[host] = false;
        if (!held || _holds.Contains(true)) return "good";
        Type = null;
        if (registrantsOnly) Tell(host, AdditionalSense.ReservationsReleased, other => Keys[other] != 0);
        return "good";
    }

    private string Reserve(int host, PersistentReservationType type)
    {
        if (Type is not null) return _holds[host] && Type == type ? "good" : "conflict";
        Hold(host, type);
        return "good";
    }

    private void Hold(int host, PersistentReservationType type)
    {
        Type = type;
        for (var other = 0; other < Keys.Length; other++)
            _holds[other] = other == host || (int)type >= 7 && Keys[other] != 0;
    }

    private string Release(int host, PersistentReservationType type)
    {
        if (Type is null || !_holds[host]) return "good";
        if (Type != type) return nameof(AdditionalSense.InvalidReleaseOfPersistentReservation);
        if ((int)type >= 5) Tell(host, AdditionalSense.ReservationsReleased, other => Keys[other] != 0);
        Type = null;
        Array.Clear(_holds);
        return "good";
    }

    private string Move(int host, ReservationWish wish)
    {
        if (Type is null || (int)Type >= 7 || !_holds[host]) return "conflict";
        if (wish.ServiceActionKey == 0 || wish.To == host) return nameof(AdditionalSense.InvalidFieldInParameterList);
        Generation++;
        Keys[wish.To] = wish.ServiceActionKey;
        Array.Clear(_holds);
        _holds[wish.To] = true;
        if (wish.Unregister) Keys[host] = 0;
        return "good";
    }

    private string Clear(int host)
    {
        Generation++;
        Tell(host, AdditionalSense.ReservationsPreempted, other => Keys[other] != 0);
        Array.Clear(Keys);
        Array.Clear(_holds);
        Type = null;
        return "good";
    }

    private string Preempt(int host, ulong victim, PersistentReservationType type)
    {
        var all = (int?)Type >= 7;
        if (victim == 0 && !all) return nameof(AdditionalSense.InvalidFieldInParameterList);
        if (victim != 0 && !Keys.Contains(victim)) return "conflict";
        var holderKey = Type is null || all ? 0 : Keys[Array.IndexOf(_holds, true)];
        var takes = all ? victim == 0 : victim == holderKey;
        var before = Type;
        Generation++;
        for (var other = 0; other < Keys.Length; other++)
        {
            if (other == host || Keys[other] == 0 || victim != 0 && Keys[other] != victim) continue;
            Keys[other] = 0;
            _holds[other] = false;
            Owed[other].Add(AdditionalSense.RegistrationsPreempted);
            Preempted.Add(other);
        }
        if (!takes) return "good";
        Hold(host, type);
        if (before != type) Tell(host, AdditionalSense.ReservationsReleased, other => Keys[other] != 0);
        return "good";
    }

    private void Tell(int asking, AdditionalSense code, Func<int, bool> whom)
    {
        for (var other = 0; other < Keys.Length; other++)
            if (other != asking && whom(other)) Owed[other].Add(code);
    }
}
