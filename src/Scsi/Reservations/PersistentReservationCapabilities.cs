namespace Lunette.Scsi;

/// <summary>PERSISTENT RESERVE IN, REPORT CAPABILITIES parameter data (SPC-6).</summary>
public sealed record PersistentReservationCapabilities
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 8;

    /// <summary>All six types, in the bits of <see cref="TypeMask"/>.</summary>
    public const ushort AllTypes = 0xEA01;

    /// <summary>RLR_C: REPLACE LOST RESERVATION is supported.</summary>
    public bool ReplaceLostReservation { get; init; }

    /// <summary>CRH: RESERVE and RELEASE are handled compatibly.</summary>
    public bool CompatibleReservationHandling { get; init; }

    /// <summary>SIP_C: SPEC_I_PT is supported.</summary>
    public bool SpecifyInitiatorPorts { get; init; }

    /// <summary>ATP_C: ALL_TG_PT is supported.</summary>
    public bool AllTargetPorts { get; init; }

    /// <summary>PTPL_C: reservations can persist through power loss.</summary>
    public bool PersistThroughPowerLoss { get; init; }

    /// <summary>ALLOW COMMANDS.</summary>
    public byte AllowCommands { get; init; }

    /// <summary>PTPL_A: they do.</summary>
    public bool PersistThroughPowerLossActivated { get; init; }

    /// <summary>PERSISTENT RESERVATION TYPE MASK, as on the wire; null where TMV says that it is not valid.</summary>
    public ushort? TypeMask { get; init; }

    /// <summary>Writes the data.</summary>
    public void Write(ref ParameterDataWriter to)
    {
        to.WriteUInt16(Length);
        to.WriteByte(VpdPage.Flag(ReplaceLostReservation, 7) | VpdPage.Flag(CompatibleReservationHandling, 4)
            | VpdPage.Flag(SpecifyInitiatorPorts, 3) | VpdPage.Flag(AllTargetPorts, 2)
            | VpdPage.Flag(PersistThroughPowerLoss, 0));
        to.WriteByte(VpdPage.Flag(TypeMask is not null, 7) | (AllowCommands & 7) << 4
            | VpdPage.Flag(PersistThroughPowerLossActivated, 0));
        to.WriteUInt16(TypeMask ?? 0);
        to.WriteZeros(2);
    }

    /// <summary>Reads untrusted data; null when the first four bytes are not there.</summary>
    public static PersistentReservationCapabilities? Parse(ReadOnlySpan<byte> bytes)
    {
        var view = new ParameterDataView(bytes);
        return view.Length < 4
            ? null
            : new PersistentReservationCapabilities
            {
                ReplaceLostReservation = view.Bit(2, 7),
                CompatibleReservationHandling = view.Bit(2, 4),
                SpecifyInitiatorPorts = view.Bit(2, 3),
                AllTargetPorts = view.Bit(2, 2),
                PersistThroughPowerLoss = view.Bit(2, 0),
                AllowCommands = (byte)view.Bits(3, 4, 3),
                PersistThroughPowerLossActivated = view.Bit(3, 0),
                TypeMask = view.Bit(3, 7) ? view.UInt16(4) : null,
            };
    }
}
