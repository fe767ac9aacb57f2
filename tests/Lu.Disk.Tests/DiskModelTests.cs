using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Every command that moves blocks against an array of bytes, by random commands from a seed.</summary>
public sealed class DiskModelTests
{
    private const int Length = 1 << 20;

    private static readonly CommandDescriptor[] s_reads =
        [BlockCommands.Read6, BlockCommands.Read10, BlockCommands.Read12, BlockCommands.Read16];

    private static readonly CommandDescriptor[] s_writes =
    [
        BlockCommands.Write6, BlockCommands.Write10, BlockCommands.Write12, BlockCommands.Write16,
        BlockCommands.WriteAndVerify10, BlockCommands.WriteAndVerify12, BlockCommands.WriteAndVerify16,
        BlockCommands.WriteAtomic16,
    ];

    private static readonly CommandDescriptor[] s_verifies =
        [BlockCommands.Verify10, BlockCommands.Verify12, BlockCommands.Verify16];

    private static readonly CommandDescriptor[] s_sames =
        [BlockCommands.WriteSame10, BlockCommands.WriteSame16];

    public static TheoryData<string, int, bool, int> Disks => new MatrixTheoryData<string, int, bool, int>(
        ["ram", "file"], [512, 4096], [true, false], [1, 2]);

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task AnyCommands_ReadBackWhatAnArrayWouldHold(string store, int block, bool thin, int seed)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(Length, block, thin), store);
        var model = new Model(rig, block, thin, new Random(seed));
        for (var step = 0; step < 1500; step++)
        {
            try
            {
                model.Step();
                if (step % 100 == 99) model.CompareAll();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Assert.Fail($"seed {seed}, step {step}: {e.Message}");
            }
        }
    }

    private sealed class Model(DiskRig rig, int block, bool thin, Random random)
    {
        private readonly byte[] _bytes = new byte[Length];
        private readonly int _blocks = Length / block;

        public void Step()
        {
            rig.Host.DataOutDelivery = (DataOutDelivery)random.Next(3);
            var count = random.Next(1, random.Next(8) == 0 ? 129 : 9);
            count = Math.Min(count, _blocks / 2);
            var lba = random.Next(_blocks - count + 1);
            var there = _bytes.AsSpan(lba * block, count * block);
            switch (random.Next(thin ? 10 : 8))
            {
                case 0 or 1:
                    Read(lba, count, there);
                    break;
                case 2 or 3 or 4:
                    Write(lba, count, there);
                    break;
                case 5:
                    Verify(lba, count, there);
                    break;
                case 6:
                    WriteSame(lba, count, there);
                    break;
                case 7 when random.Next(3) == 0:
                    Scatter();
                    break;
                case 7:
                    Combine(lba, count, there);
                    break;
                case 8:
                    Unmap(lba, count, there);
                    break;
                default:
                    CheckLbaStatus();
                    break;
            }
        }

        public void CompareAll()
        {
            var cdb = Cdb.Blocks(BlockCommands.Read16, 0, (ulong)_blocks);
            Assert.True(rig.Read(cdb, Length).AsSpan().SequenceEqual(_bytes), "the disk holds something else");
        }

        private CommandDescriptor Any(CommandDescriptor[] commands) => commands[random.Next(commands.Length)];

        private void Read(int lba, int count, ReadOnlySpan<byte> there)
        {
            var cdb = Cdb.Blocks(Any(s_reads), (ulong)lba, (ulong)count);
            if (cdb[0] != 0x08 && random.Next(4) == 0) cdb[1] |= 0x18;     // DPO, FUA
            Assert.True(rig.Read(cdb, count * block).AsSpan().SequenceEqual(there), "a read differs");
        }

        private void Write(int lba, int count, Span<byte> there)
        {
            random.NextBytes(there);
            var command = Any(s_writes);
            var cdb = Cdb.Blocks(command, (ulong)lba, (ulong)count);
            if (command.Layout.Find("FUA") is { } fua && random.Next(4) == 0) fua.Set(cdb, 1);
            if (command.Layout.Find("BYTCHK") is { } check) check.Set(cdb, (ulong)random.Next(2));
            DiskRig.Good(rig.Run(cdb, there.ToArray()));
        }

        private void Verify(int lba, int count, ReadOnlySpan<byte> there)
        {
            var cdb = Cdb.Blocks(Any(s_verifies), (ulong)lba, (ulong)count, ("BYTCHK", 1UL));
            var data = there.ToArray();
            if (random.Next(2) == 0)
            {
                DiskRig.Good(rig.Run(cdb, data));
                return;
            }
            var at = random.Next(data.Length);
            data[at] ^= 0x80;
            var result = rig.Run(cdb, data);
            DiskRig.Refused(result, SenseKey.Miscompare, AdditionalSense.MiscompareDuringVerifyOperation);
            Assert.Equal((ulong)(lba + (at / block)), DiskRig.SenseOf(result).Information);
        }

        private void WriteSame(int lba, int count, Span<byte> there)
        {
            var command = Any(s_sames);
            var data = new byte[block];
            if (random.Next(2) == 0) random.NextBytes(data);
            var cdb = Cdb.Blocks(command, (ulong)lba, (ulong)count);
            var unmap = thin && random.Next(2) == 0;
            if (unmap) command.Layout.Find("UNMAP")!.Value.Set(cdb, 1);
            var none = command.Layout.Find("NDOB") is { } ndob && random.Next(3) == 0;
            if (none) command.Layout.Find("NDOB")!.Value.Set(cdb, 1);
            DiskRig.Good(rig.Run(cdb, none ? null : data));
            for (var i = 0; i < count; i++) (none ? new byte[block] : data).CopyTo(there[(i * block)..]);
        }

        private void Combine(int lba, int count, Span<byte> there)
        {
            var data = new byte[there.Length];
            random.NextBytes(data);
            if (random.Next(2) == 0)
            {
                DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.OrWrite16, (ulong)lba, (ulong)count), data));
                for (var i = 0; i < data.Length; i++) there[i] |= data[i];
                return;
            }
            byte[] both = [.. there, .. data];
            var cdb = Cdb.Blocks(BlockCommands.CompareAndWrite, (ulong)lba, (ulong)count);
            if (random.Next(2) == 0)
            {
                var at = random.Next(there.Length);
                both[at] ^= 1;
                var result = rig.Run(cdb, both);
                DiskRig.Refused(result, SenseKey.Miscompare, AdditionalSense.MiscompareDuringVerifyOperation);
                Assert.Equal((ulong)at, DiskRig.SenseOf(result).Information);
                return;
            }
            DiskRig.Good(rig.Run(cdb, both));
            data.CopyTo(there);
        }

        private void Scatter()
        {
            var ranges = random.Next(1, 5);
            var headBlocks = ((32 * (ranges + 1)) + block - 1) / block;
            var list = new List<byte>(new byte[headBlocks * block]);
            for (var i = 0; i < ranges; i++)
            {
                var count = random.Next(0, 5);
                var lba = random.Next(_blocks - count + 1);
                var data = _bytes.AsSpan(lba * block, count * block);
                random.NextBytes(data);
                list.AddRange(data);
                var head = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list)[(32 * (i + 1))..];
                BinaryPrimitives.WriteUInt64BigEndian(head, (ulong)lba);
                BinaryPrimitives.WriteUInt32BigEndian(head[8..], (uint)count);
            }
            var cdb = Cdb.Of(BlockCommands.WriteScattered16, ("NUMBER OF LBA RANGE DESCRIPTORS", (ulong)ranges),
                ("LOGICAL BLOCK DATA OFFSET", (ulong)headBlocks),
                ("BUFFER TRANSFER LENGTH", (ulong)(list.Count / block)));
            DiskRig.Good(rig.Run(cdb, [.. list]));
        }

        private void Unmap(int lba, int count, Span<byte> there)
        {
            var list = new byte[8 + 32];
            BinaryPrimitives.WriteUInt16BigEndian(list, 38);
            BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), 32);
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), (ulong)lba);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16), (uint)count);
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(24), (ulong)lba);
            var cdb = Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", (ulong)list.Length));
            DiskRig.Good(rig.Run(cdb, list));
            there.Clear();
        }

        // Deallocated blocks read as zeros, and the runs cover the medium without gap or overlap.
        private void CheckLbaStatus()
        {
            var next = 0UL;
            while (next < (ulong)_blocks)
            {
                var cdb = Cdb.Of(BlockCommands.GetLbaStatus16, ("STARTING LOGICAL BLOCK ADDRESS", next),
                    ("ALLOCATION LENGTH", (ulong)(8 + (16 * random.Next(1, 5)))));
                var data = rig.Read(cdb, 4096);
                Assert.Equal(data.Length - 4, BinaryPrimitives.ReadInt32BigEndian(data));
                for (var at = 8; at < data.Length; at += 16) next = CheckRun(data.AsSpan(at, 16), next);
            }
            Assert.Equal((ulong)_blocks, next);
        }

        private ulong CheckRun(ReadOnlySpan<byte> run, ulong expected)
        {
            var lba = BinaryPrimitives.ReadUInt64BigEndian(run);
            var count = BinaryPrimitives.ReadUInt32BigEndian(run[8..]);
            Assert.Equal(expected, lba);
            Assert.NotEqual(0u, count);
            var bytes = _bytes.AsSpan((int)lba * block, (int)count * block);
            if (run[12] == 1) Assert.True(bytes.IndexOfAnyExcept((byte)0) < 0, "a block with data is deallocated");
            return lba + count;
        }
    }
}
