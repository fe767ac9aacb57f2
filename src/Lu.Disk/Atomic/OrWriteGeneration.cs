using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Atomic;

/// <summary>
/// The current generation of ORWRITE (32) (SBC-5, ORWRITE commands): zero when the disk goes online. A command that
/// names another one is refused, so that bits of an old generation are not set in blocks that a new one has cleared.
/// </summary>
internal sealed class OrWriteGeneration
{
    private uint _current;

    /// <summary>What is wrong with an ORWRITE (32); null when nothing is.</summary>
    public CommandOutcome? FindFault(ReadOnlySpan<byte> cdb)
    {
        if ((cdb[2] & 0x07) > 1) return CommandOutcome.InvalidFieldInCdb(2, bit: 2);
        // Only a generation that is current is worked on, whatever the change to it would allow for the one before.
        if (Changes(cdb) && (cdb[3] & 0x0F) != 0) return CommandOutcome.InvalidFieldInCdb(3, bit: 3);
        return BinaryPrimitives.ReadUInt32BigEndian(cdb[20..]) == Volatile.Read(ref _current)
            ? null
            : CommandOutcome.Check(SenseKey.IllegalRequest, AdditionalSense.OrwriteGenerationDoesNotMatch);
    }

    /// <summary>BMOP 001b: bits are cleared and a new generation begins.</summary>
    public static bool Changes(ReadOnlySpan<byte> cdb) => (cdb[2] & 0x07) == 1;

    /// <summary>The command's blocks are written.</summary>
    public void Written(ReadOnlySpan<byte> cdb)
    {
        if (Changes(cdb)) Volatile.Write(ref _current, BinaryPrimitives.ReadUInt32BigEndian(cdb[24..]));
    }

    /// <summary>Begins anew.</summary>
    public void Reset() => Volatile.Write(ref _current, 0);
}
