using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.Protection;

/// <summary>
/// Random commands on protected disks against an array of blocks and one of protection information, which says for each
/// command what SBC-5's tables say.
/// </summary>
public sealed class ProtectionModelTests
{
    private const int Blocks = 400;

    public static TheoryData<ProtectionType, string, int> Disks => new MatrixTheoryData<ProtectionType, string, int>(
        [ProtectionType.Type1, ProtectionType.Type2, ProtectionType.Type3], ["ram", "file"], [1, 2]);

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task AnyCommands_EndAsTheTablesSay(ProtectionType type, string store, int seed)
    {
        await using var rig = await ProtectedRig.StartAsync(type, store);
        var model = new Model(rig, type, new Random(seed));
        for (var step = 0; step < 600; step++)
        {
            try
            {
                model.Step();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Assert.Fail($"seed {seed}, step {step}: {e.Message}");
            }
        }
    }

    private sealed class Model(DiskRig rig, ProtectionType type, Random random)
    {
        private readonly byte[][] _data = [.. Enumerable.Range(0, Blocks).Select(_ => new byte[512])];
        private readonly ProtectionInformation[] _tags =
            [.. Enumerable.Repeat(ProtectionInformation.Default, Blocks)];

        private int _lba, _count, _code;
        private bool _long;         // a 32-byte CDB
        private uint _first;        // the reference tag it expects first

        public void Step()
        {
            rig.Host.DataOutDelivery = (DataOutDelivery)random.Next(3);
            _count = random.Next(1, random.Next(6) == 0 ? 150 : 9);
            _lba = random.Next(Blocks - _count);
            _long = type == ProtectionType.Type2 && random.Next(2) == 0;
            _code = type == ProtectionType.Type2 && !_long ? 0 : random.Next(6);
            _first = type == ProtectionType.Type1 ? (uint)_lba : (uint)random.Next(3) + (uint)_lba;
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    Write();
                    break;
                case 3:
                    WriteSame();
                    break;
                case 4:
                    Or();
                    break;
                case 5:
                    Check(BlockCommands.Verify16, BlockCommands.Verify32, "VRPROTECT", transfers: false);
                    break;
                default:
                    Check(BlockCommands.Read16, BlockCommands.Read32, "RDPROTECT", transfers: true);
                    break;
            }
        }

        // What a code checks: SBC-5, RDPROTECT and WRPROTECT fields.
        private static bool ChecksGuard(int code) => code is 0 or 1 or 4 or 5;

        private bool ChecksReference(int code) =>
            code is 0 or 1 or 2 or 5 && (type == ProtectionType.Type1 || (type == ProtectionType.Type2 && _long));

        private byte[] CdbOf(CommandDescriptor sixteen, CommandDescriptor thirtyTwo, string field)
        {
            var cdb = Cdb.Blocks(_long ? thirtyTwo : sixteen, (ulong)_lba, (ulong)_count, (field, (ulong)_code));
            if (_long) BlockCommands.Read32.Layout["EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG"].Set(cdb, _first);
            return cdb;
        }

        private AdditionalSense? FaultOf(ProtectionInformation tags, ReadOnlySpan<byte> block, int i)
        {
            if (ChecksGuard(_code) && tags.Guard != BlockGuard.Of(block))
                return AdditionalSense.LogicalBlockGuardCheckFailed;
            return ChecksReference(_code) && tags.ReferenceTag != _first + (uint)i
                ? AdditionalSense.LogicalBlockReferenceTagCheckFailed
                : null;
        }

        // What is to be sent: right, but for a block now and then.
        private (byte[] Bytes, byte[][] Data, ProtectionInformation[] Tags) Compose(int count)
        {
            var data = new byte[count][];
            var tags = new ProtectionInformation[count];
            List<byte> bytes = [];
            var wrong = random.Next(3) == 0 ? random.Next(count) : -1;
            for (var i = 0; i < count; i++)
            {
                data[i] = new byte[512];
                random.NextBytes(data[i]);
                var guard = BlockGuard.Of(data[i]);
                var application = random.Next(5) == 0 ? (ushort)0xFFFF : (ushort)random.Next(0x10000);
                tags[i] = new(guard, application, _first + (uint)i);
                if (i == wrong && random.Next(2) == 0) tags[i] = tags[i] with { Guard = (ushort)(guard ^ 1) };
                else if (i == wrong) tags[i] = tags[i] with { ReferenceTag = 12345678 };
                bytes.AddRange(data[i]);
                if (_code == 0) tags[i] = Generated(guard, i);
                else bytes.AddRange(ProtectedRig.Unit([], tags[i]));
            }
            return ([.. bytes], data, tags);
        }

        // SBC-5, WRPROTECT 000b, with ATO zero.
        private ProtectionInformation Generated(ushort guard, int i) => type switch
        {
            ProtectionType.Type1 => new(guard, 0, (uint)(_lba + i)),
            ProtectionType.Type2 when _long => new(guard, 0, _first + (uint)i),
            ProtectionType.Type2 => new(guard, 0xFFFF, 0xFFFF_FFFF),
            _ => new(guard, 0, 0xFFFF_FFFF),
        };

        private bool IsRefused(ScsiResult result, Func<int, AdditionalSense?> fault, int count)
        {
            for (var i = 0; i < count; i++)
            {
                if (fault(i) is not { } code) continue;
                ProtectedRig.Refused(result, code, (ulong)(_lba + i));
                return true;
            }
            DiskRig.Good(result);
            return false;
        }

        private void Write()
        {
            var (bytes, data, tags) = Compose(_count);
            var cdb = random.Next(3) switch
            {
                0 => CdbOf(BlockCommands.Write16, BlockCommands.Write32, "WRPROTECT"),
                1 => CdbOf(BlockCommands.WriteAtomic16, BlockCommands.WriteAtomic32, "WRPROTECT"),
                _ => CdbOf(BlockCommands.WriteAndVerify16, BlockCommands.WriteAndVerify32, "WRPROTECT"),
            };
            if (cdb[0] is 0x8E) cdb[1] |= (byte)(random.Next(2) << 1);
            if (cdb[0] is 0x7F && cdb[9] == 0x0C) cdb[10] |= (byte)(random.Next(2) << 1);
            if (IsRefused(rig.Run(cdb, bytes), i => _code == 0 ? null : FaultOf(tags[i], data[i], i), _count)) return;
            for (var i = 0; i < _count; i++) (_data[_lba + i], _tags[_lba + i]) = (data[i], tags[i]);
        }

        private void WriteSame()
        {
            var (bytes, data, tags) = Compose(1);
            var cdb = CdbOf(BlockCommands.WriteSame16, BlockCommands.WriteSame32, "WRPROTECT");
            if (IsRefused(rig.Run(cdb, bytes), _ => _code == 0 ? null : FaultOf(tags[0], data[0], 0), 1)) return;
            for (var i = 0; i < _count; i++)
            {
                var counted = tags[0] with { ReferenceTag = tags[0].ReferenceTag + (uint)i };
                if (_code == 0) counted = Generated(tags[0].Guard, i);
                else if (type == ProtectionType.Type3) counted = tags[0];
                (_data[_lba + i], _tags[_lba + i]) = (data[0], counted);
            }
        }

        // It has no 32-byte form that says what it expects, so that type 2 has it without protection information.
        private void Or()
        {
            _long = false;
            if (type == ProtectionType.Type2) _code = 0;
            var (bytes, data, tags) = Compose(_count);
            var cdb = Cdb.Blocks(BlockCommands.OrWrite16, (ulong)_lba, (ulong)_count, ("ORPROTECT", (ulong)_code));
            var result = rig.Run(cdb, bytes);
            if (_code != 0 && Enumerable.Range(0, _count).Any(i => FaultOf(tags[i], data[i], i) is not null))
            {
                IsRefused(result, i => FaultOf(tags[i], data[i], i), _count);
                return;
            }
            if (IsRefused(result, MediumFault, _count)) return;
            for (var i = 0; i < _count; i++)
            {
                for (var at = 0; at < 512; at++) data[i][at] |= _data[_lba + i][at];
                var guard = BlockGuard.Of(data[i]);
                (_data[_lba + i], _tags[_lba + i]) = (data[i], _code == 0 ? Generated(guard, i)
                    : tags[i] with { Guard = guard });
            }
        }

        private AdditionalSense? MediumFault(int i)
        {
            var tags = _tags[_lba + i];
            var escapes = tags.ApplicationTag == 0xFFFF
                && (type != ProtectionType.Type3 || tags.ReferenceTag == 0xFFFF_FFFF);
            return escapes ? null : FaultOf(tags, _data[_lba + i], i);
        }

        private void Check(CommandDescriptor sixteen, CommandDescriptor thirtyTwo, string field, bool transfers)
        {
            var cdb = CdbOf(sixteen, thirtyTwo, field);
            if (!transfers)
            {
                IsRefused(rig.Run(cdb), MediumFault, _count);
                return;
            }
            var there = new byte[_count * (_code == 0 ? 512 : 520)];
            var result = rig.Run(new ScsiRequest(cdb) { DataIn = there });
            if (IsRefused(result, MediumFault, _count)) return;
            List<byte> wanted = [];
            for (var i = 0; i < _count; i++)
                wanted.AddRange(_code == 0 ? _data[_lba + i] : ProtectedRig.Unit(_data[_lba + i], _tags[_lba + i]));
            Assert.True(there.AsSpan().SequenceEqual(wanted.ToArray()), "a read differs");
        }
    }
}
