using Lunette.DeviceServer.Commands;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>
/// What a task keeps of a command on a protected disk: the blocks are worked on in chunks, each with its data in
/// <see cref="DiskTask.Scratch"/> and the sectors with its protection information in <see cref="Tags"/>.
/// </summary>
internal sealed class ProtectedTransfer(DiskTask task)
{
    public DiskTask Task { get; } = task;

    public ProtectedCommand Command = null!;

    /// <summary>How the disk is formatted while the command runs.</summary>
    public ProtectionType Type;

    /// <summary>The protect field of the CDB; zero where it has none.</summary>
    public int Code;

    public ExpectedTags Expected;

    /// <summary>The chunk: its first block within the command, and how many.</summary>
    public uint First;
    public uint Count;

    /// <summary>What the chunk's data are written with; null: they are not.</summary>
    public Backing.StoreOperation? DataOperation;

    /// <summary>Where the data to be written are; null: in the task's scratch memory.</summary>
    public LeaseList? DataToWrite;

    /// <summary>Whether the chunk's protection information has changed.</summary>
    public bool TagsChanged;

    /// <summary>The second half of WRITE AND VERIFY.</summary>
    public bool VerifiesWritten;

    /// <summary>Where in the Data-Out the data of the first block are, in bytes.</summary>
    public int DataOutAt;

    /// <summary>The sectors of the store with the chunk's protection information.</summary>
    public LeaseList Tags { get; } = new();

    public DiskUnit Unit => Task.Unit;

    public int BlockBytes => Unit.BlockLengthBytes;

    /// <summary>Whether protection information is transferred with the blocks.</summary>
    public bool TransfersTags => Code != 0;

    /// <summary>A block as it is transferred, in bytes.</summary>
    public int TransferBytes => BlockBytes + (TransfersTags ? ProtectionInformation.Length : 0);

    private int TagsAt(uint inChunk)
    {
        var sector = Unit.TagSectorBytes;
        var first = (long)(Task.Range.Lba + First) * ProtectionInformation.Length;
        return (int)(first & (sector - 1)) + (int)inChunk * ProtectionInformation.Length;
    }

    /// <summary>Protection information of a block of the chunk, as it is on the medium.</summary>
    public ProtectionInformation ReadTags(uint inChunk)
    {
        Span<byte> bytes = stackalloc byte[ProtectionInformation.Length];
        Tags.Read(TagsAt(inChunk), bytes);
        foreach (ref var value in bytes) value = (byte)~value;
        return ProtectionInformation.Read(bytes);
    }

    /// <summary>Sets it, in memory.</summary>
    public void WriteTags(uint inChunk, ProtectionInformation tags)
    {
        Span<byte> bytes = stackalloc byte[ProtectionInformation.Length];
        tags.Write(bytes);
        foreach (ref var value in bytes) value = (byte)~value;
        Tags.Write(TagsAt(inChunk), bytes);
        TagsChanged = true;
    }

    /// <summary>Protection information that was transferred with a block of the command.</summary>
    public ProtectionInformation ReceivedTags(uint block)
    {
        Span<byte> bytes = stackalloc byte[ProtectionInformation.Length];
        Task.Task.DataOut.Read(ReceivedAt(block) + BlockBytes, bytes);
        return ProtectionInformation.Read(bytes);
    }

    /// <summary>Where in the Data-Out a block of the command is.</summary>
    public int ReceivedAt(uint block) => DataOutAt + (int)block * TransferBytes;

    /// <summary>The guard of bytes in segments.</summary>
    public ushort GuardOf(LeaseList list, int at)
    {
        var left = BlockBytes;
        ushort guard = 0;
        foreach (ref readonly var segment in list.Segments)
        {
            if (at >= segment.Length)
            {
                at -= segment.Length;
                continue;
            }
            var take = Math.Min(left, segment.Length - at);
            guard = BlockGuard.Append(guard, segment.Span.Slice(at, take));
            left -= take;
            at = 0;
            if (left == 0) break;
        }
        return guard;
    }

    /// <summary>Checks the blocks of the chunk as they are on the medium; Good when nothing is wrong.</summary>
    public CommandOutcome CheckMedium(TagChecks checks)
    {
        for (var i = 0u; i < Count && checks != TagChecks.None; i++)
        {
            var tags = ReadTags(i);
            if (tags.DisablesChecking(Type)) continue;
            var guard = (checks & TagChecks.Guard) != 0 ? GuardOf(Task.Scratch, (int)i * BlockBytes) : (ushort)0;
            if (ProtectCode.FindFault(tags, guard, First + i, checks, Expected) is { } fault)
                return Fault(SenseKey.AbortedCommand, fault, First + i);
        }
        return CommandOutcome.Good;
    }

    /// <summary>Checks what was received with the first blocks of the Data-Out; Good when nothing is wrong.</summary>
    public CommandOutcome CheckReceived(uint count, TagChecks checks)
    {
        for (var i = 0u; i < count && checks != TagChecks.None; i++)
        {
            var guard = (checks & TagChecks.Guard) != 0 ? GuardOf(Task.Task.DataOut, ReceivedAt(i)) : (ushort)0;
            if (ProtectCode.FindFault(ReceivedTags(i), guard, i, checks, Expected) is { } fault)
                return Fault(SenseKey.AbortedCommand, fault, i);
        }
        return CommandOutcome.Good;
    }

    /// <summary>How a command ends that found something wrong; INFORMATION is the block's address.</summary>
    public CommandOutcome Fault(SenseKey key, AdditionalSense code, uint block) => CommandOutcome.Check(
        new Sense(key, code) { Information = Task.Range.Lba + block, InformationValid = true });

    /// <summary>Copies bytes between segments.</summary>
    public static void Copy(LeaseList from, int at, LeaseList to, int into, int length)
    {
        foreach (ref readonly var segment in from.Segments)
        {
            if (at >= segment.Length)
            {
                at -= segment.Length;
                continue;
            }
            var take = Math.Min(length, segment.Length - at);
            to.Write(into, segment.Span.Slice(at, take));
            into += take;
            length -= take;
            at = 0;
            if (length == 0) return;
        }
    }

    public void Clear()
    {
        if (Tags.Count > 0) Tags.Release();
        DataToWrite = null;
        VerifiesWritten = false;
        DataOutAt = 0;
    }
}
