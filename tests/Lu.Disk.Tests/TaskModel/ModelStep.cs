using Lunette.Scsi;
using Lunette.Testing.Reservations;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <summary>What a step of the model is about.</summary>
internal enum Deed
{
    // Commands that stay in the medium.
    Read,
    Write,
    WriteAskedFor,

    // Commands that end when they are carried out.
    ReadPastTheEnd,
    TestUnitReady,
    Inquiry,
    RequestSense,
    StrayBit,
    ModeSelect,
    Reserve,
    Release,
    PersistentReserveOut,

    // What happens to tasks.
    DeliverData,
    EndInMedium,
    FailInMedium,
    Manage,
    CapacityChanges,
}

/// <summary>The fields of the control mode page that tasks and attentions depend on.</summary>
internal sealed record ControlFields(
    bool TaskSetPerNexus = false, int QueueError = 0, bool DescriptorSense = false, int Interlock = 0,
    bool WriteProtect = false, bool AbortedStatus = false)
{
    /// <summary>Draws some: mostly one field differs from what is.</summary>
    public static ControlFields Draw(Random random, ControlFields now) => random.Next(6) switch
    {
        0 => now with { TaskSetPerNexus = !now.TaskSetPerNexus },
        1 => now with { QueueError = Of(random, 0, 0, 1, 3) },
        2 => now with { DescriptorSense = !now.DescriptorSense },
        3 => now with { Interlock = Of(random, 0, 2, 3, 3) },
        4 => now with { WriteProtect = random.Next(3) == 0 },
        _ => now with { AbortedStatus = !now.AbortedStatus },
    };

    /// <summary>A MODE SELECT (10) parameter list with the page.</summary>
    public byte[] ToList()
    {
        var page = new byte[12];
        (page[0], page[1]) = (0x0A, 10);
        page[2] = (byte)((TaskSetPerNexus ? 0x20 : 0) | (DescriptorSense ? 0x04 : 0));
        page[3] = (byte)(0x10 | QueueError << 1);
        page[4] = (byte)(Interlock << 4 | (WriteProtect ? 0x08 : 0));
        page[5] = (byte)(AbortedStatus ? 0x40 : 0);
        return [.. new byte[8], .. page];
    }

    private static int Of(Random random, params ReadOnlySpan<int> values) => values[random.Next(values.Length)];
}

/// <summary>One step: everything about it is said, so that steps can be replayed and left out.</summary>
/// <param name="Deed">What.</param>
/// <param name="Host">Whose.</param>
internal sealed record ModelStep(Deed Deed, int Host)
{
    public TaskAttribute Attribute { get; init; }

    /// <summary>NACA of the CONTROL byte.</summary>
    public bool Naca { get; init; }

    /// <summary>Command priority.</summary>
    public byte Priority { get; init; }

    /// <summary>For what happens to a task: which, counted round.</summary>
    public int Index { get; init; }

    public TaskManagementFunction Function { get; init; }

    public ControlFields? Control { get; init; }

    public ReservationWish? Wish { get; init; }

    public override string ToString() => $"{Host}: {Deed}"
        + (Deed <= Deed.PersistentReserveOut ? $" {Attribute}{(Naca ? " NACA" : "")}" : $" [{Index}]")
        + (Deed == Deed.Manage ? $" {Function}" : "") + (Control is null ? "" : $" {Control}") + $" {Wish}";
}
