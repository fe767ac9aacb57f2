namespace Lunette.Scsi;

/// <summary>Power Condition VPD page, 8Ah.</summary>
public sealed record PowerCondition
{
    /// <summary>STANDBY_Y is supported.</summary>
    public bool StandbyY { get; init; }

    /// <summary>STANDBY_Z is supported.</summary>
    public bool StandbyZ { get; init; }

    /// <summary>IDLE_C is supported.</summary>
    public bool IdleC { get; init; }

    /// <summary>IDLE_B is supported.</summary>
    public bool IdleB { get; init; }

    /// <summary>IDLE_A is supported.</summary>
    public bool IdleA { get; init; }

    /// <summary>STOPPED CONDITION RECOVERY TIME.</summary>
    public ushort StoppedRecoveryMilliseconds { get; init; }

    /// <summary>STANDBY_Z CONDITION RECOVERY TIME.</summary>
    public ushort StandbyZRecoveryMilliseconds { get; init; }

    /// <summary>STANDBY_Y CONDITION RECOVERY TIME.</summary>
    public ushort StandbyYRecoveryMilliseconds { get; init; }

    /// <summary>IDLE_A CONDITION RECOVERY TIME.</summary>
    public ushort IdleARecoveryMilliseconds { get; init; }

    /// <summary>IDLE_B CONDITION RECOVERY TIME.</summary>
    public ushort IdleBRecoveryMilliseconds { get; init; }

    /// <summary>IDLE_C CONDITION RECOVERY TIME.</summary>
    public ushort IdleCRecoveryMilliseconds { get; init; }

    /// <summary>Writes the page, 18 bytes.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.PowerCondition);
        to.WriteByte(VpdPage.Flag(StandbyY, 1) | VpdPage.Flag(StandbyZ, 0));
        to.WriteByte(VpdPage.Flag(IdleC, 2) | VpdPage.Flag(IdleB, 1) | VpdPage.Flag(IdleA, 0));
        to.WriteUInt16(StoppedRecoveryMilliseconds);
        to.WriteUInt16(StandbyZRecoveryMilliseconds);
        to.WriteUInt16(StandbyYRecoveryMilliseconds);
        to.WriteUInt16(IdleARecoveryMilliseconds);
        to.WriteUInt16(IdleBRecoveryMilliseconds);
        to.WriteUInt16(IdleCRecoveryMilliseconds);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static PowerCondition? Parse(ReadOnlySpan<byte> bytes) =>
        !VpdPage.TryOpen(bytes, VpdPageCode.PowerCondition, out var view)
            ? null
            : new PowerCondition
            {
                StandbyY = view.Bit(4, 1),
                StandbyZ = view.Bit(4, 0),
                IdleC = view.Bit(5, 2),
                IdleB = view.Bit(5, 1),
                IdleA = view.Bit(5, 0),
                StoppedRecoveryMilliseconds = view.UInt16(6),
                StandbyZRecoveryMilliseconds = view.UInt16(8),
                StandbyYRecoveryMilliseconds = view.UInt16(10),
                IdleARecoveryMilliseconds = view.UInt16(12),
                IdleBRecoveryMilliseconds = view.UInt16(14),
                IdleCRecoveryMilliseconds = view.UInt16(16),
            };
}
