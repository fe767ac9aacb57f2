using System.Buffers.Binary;
using Lunette.Scsi;

namespace Lunette.DeviceServer.LogPages;

/// <summary>How a self-test ended (SPC-6, Self-Test Results log page).</summary>
/// <param name="Code">SELF-TEST CODE of the command that asked for it; zero for the default self-test.</param>
/// <param name="Result">SELF-TEST RESULTS.</param>
/// <param name="Hours">ACCUMULATED POWER ON HOURS when it ended.</param>
/// <param name="Address">ADDRESS OF FIRST FAILURE; all ones where there is none.</param>
/// <param name="Sense">What was wrong; none where nothing was.</param>
public readonly record struct SelfTestResult(
    byte Code, SelfTestOutcome Result, ushort Hours, ulong Address, Sense Sense)
{
    /// <summary>Length of the log parameter's value, in bytes.</summary>
    public const int Length = 16;

    /// <summary>ADDRESS OF FIRST FAILURE where no block failed.</summary>
    public const ulong NoAddress = ulong.MaxValue;

    /// <summary>Writes the value of its log parameter.</summary>
    /// <param name="to"><see cref="Length"/> bytes.</param>
    public void Write(Span<byte> to)
    {
        to.Clear();
        to[0] = (byte)(Code << 5 | (byte)Result);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], Hours);
        BinaryPrimitives.WriteUInt64BigEndian(to[4..], Address);
        to[12] = (byte)Sense.Key;
        BinaryPrimitives.WriteUInt16BigEndian(to[13..], (ushort)Sense.Code);
    }

    /// <summary>Reads the value of a log parameter.</summary>
    /// <param name="from"><see cref="Length"/> bytes.</param>
    public static SelfTestResult Read(ReadOnlySpan<byte> from) => new(
        (byte)(from[0] >> 5), (SelfTestOutcome)(from[0] & 0x0F), BinaryPrimitives.ReadUInt16BigEndian(from[2..]),
        BinaryPrimitives.ReadUInt64BigEndian(from[4..]),
        new Sense((SenseKey)(from[12] & 0x0F), (AdditionalSense)BinaryPrimitives.ReadUInt16BigEndian(from[13..])));
}

/// <summary>SELF-TEST RESULTS (SPC-6, Self-Test Results log page), as far as a logical unit here has them.</summary>
public enum SelfTestOutcome : byte
{
    /// <summary>It completed without error.</summary>
    Passed = 0,

    /// <summary>SEND DIAGNOSTIC aborted it.</summary>
    AbortedByCommand = 1,

    /// <summary>Something else did: a task management function, the loss of a nexus, going offline.</summary>
    AbortedOtherwise = 2,

    /// <summary>It could not be completed.</summary>
    Incomplete = 3,

    /// <summary>Its first segment, which reads the medium, failed.</summary>
    FirstSegmentFailed = 5,

    /// <summary>It is in progress.</summary>
    InProgress = 15,
}
