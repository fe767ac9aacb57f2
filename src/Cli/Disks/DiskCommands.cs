using System.CommandLine;
using Lunette.Cli.Output;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Disks;

/// <summary>discover, read, write, copy, compare and bench: disks by URL, or of the daemon's adapters.</summary>
internal sealed class DiskCommands(Terminal terminal)
{
    private const int PieceMax = CopyOptions.PieceMax;
    private const int DepthMax = CopyOptions.DepthMax;
    private const double SecondsMax = 86_400;

    private readonly DeviceCommands _guard = new(terminal, "disk");

    public static IEnumerable<Command> Make(CommandRunner runner)
    {
        var commands = new DiskCommands(runner.Terminal);
        return
        [
            DiskDiscovery.Make(runner), .. DeviceCommands.MakeForDisk(runner), commands.MakeRead(runner),
            commands.MakeWrite(runner), commands.MakeCopy(runner), commands.MakeCompare(runner),
            commands.MakeBench(runner),
        ];
    }

    private Command MakeRead(CommandRunner runner)
    {
        var access = new DeviceAccess();
        var at = Operand("device", DeviceAccess.LocationSummary);
        var lba = new Argument<long>("lba") { Description = "the first block" };
        var count = new Argument<int>("count") { Description = "how many blocks", DefaultValueFactory = _ => 1 };
        var to = FileName("--output", "-o", "a file that takes them; else they are shown in hexadecimal");
        return runner.Subcommand("read", "Reads blocks.", (admin, said) => _guard.GuardAsync(
            "read", said.GetValue(at), async () =>
            {
                await using var disk = await DeviceAccess.OpenBlocksAsync(
                    admin, said.GetRequiredValue(at), access.Login(said, terminal), 1);
                var length = (long)said.GetValue(count) * disk.BlockLengthBytes;
                if (length is <= 0 or > PieceMax) throw new DiskCommandException($"read 1 to {PieceMax} bytes");
                var bytes = new byte[length];
                await disk.ReadAsync(PlaceOf(disk, said.GetValue(lba), length), bytes);
                if (said.GetValue(to) is { } file) await File.WriteAllBytesAsync(file, bytes);
                else HexDump.Write(terminal.Output, bytes);
                return ExitStatus.Success;
            }), [.. access.Symbols, to, at, lba, count]);
    }

    // Where a block is; all that follow must be there, too.
    private static long PlaceOf(IBlocks disk, long lba, long length)
    {
        var (blocks, wanted) = (disk.LengthBytes / disk.BlockLengthBytes, length / disk.BlockLengthBytes);
        return lba >= 0 && wanted <= blocks && lba <= blocks - wanted
            ? lba * disk.BlockLengthBytes
            : throw new DiskCommandException(
                $"{wanted} blocks from {lba} on are not there: it has {blocks} of {disk.BlockLengthBytes} bytes");
    }

    private Command MakeWrite(CommandRunner runner)
    {
        var access = new DeviceAccess();
        var at = Operand("device", DeviceAccess.LocationSummary);
        var lba = new Argument<long>("lba") { Description = "the first block" };
        var from = Operand("file", "what is written; whole blocks");
        return runner.Subcommand("write", "Writes blocks.", (admin, said) => _guard.GuardAsync(
            "write", said.GetValue(at), async () =>
            {
                await using var disk = await DeviceAccess.OpenBlocksAsync(
                    admin, said.GetRequiredValue(at), access.Login(said, terminal), 1);
                var file = said.GetRequiredValue(from);
                var length = new FileInfo(file).Length;
                if (length is 0 or > PieceMax || length % disk.BlockLengthBytes != 0)
                    throw new DiskCommandException($"{file} is not made of blocks of {disk.BlockLengthBytes} bytes, or "
                        + $"has more than {PieceMax} bytes: use disk copy");
                var place = PlaceOf(disk, said.GetValue(lba), length);
                await disk.WriteAsync(place, await File.ReadAllBytesAsync(file));
                await disk.FlushAsync();
                return ExitStatus.Success;
            }), [.. access.Symbols, at, lba, from]);
    }

    private Command MakeCopy(CommandRunner runner)
    {
        var access = new DeviceAccess();
        var plan = new CopyOptions();
        var verify = Switch("--verify", "-y", "compare afterwards");
        var from = Operand("from", "a device or a file");
        var to = Operand("to", "a device or a file");
        return runner.Subcommand("copy", "Copies a disk or a file to another, many blocks at once.", (admin, said) =>
            _guard.GuardAsync("copy", said.GetValue(to), async () =>
            {
                var login = access.Login(said, terminal);
                var depth = plan.Depth(said);
                await using var source = await DeviceAccess.OpenBlocksAsync(
                    admin, said.GetRequiredValue(from), login, depth);
                var length = plan.Length(said, source);
                await using var destination = await DeviceAccess.OpenToWriteAsync(
                    admin, said.GetRequiredValue(to), login, depth, plan.Seek(said) + length);
                var whole = plan.Judge(said, source, destination, length);
                var copying = new Progress(terminal, "copied", length);
                await BlockCopy.CopyAsync(source, destination, whole, copying);
                copying.End();
                return said.GetValue(verify)
                    ? await CompareAsync("copy", source, destination, whole)
                    : ExitStatus.Success;
            }), [.. access.Symbols, .. plan.Symbols, verify, from, to]);
    }

    private Command MakeCompare(CommandRunner runner)
    {
        var access = new DeviceAccess();
        var plan = new CopyOptions();
        var left = Operand("one", "a device or a file");
        var right = Operand("other", "a device or a file");
        return runner.Subcommand("compare", "Compares two disks or files; says where they differ first.",
            (admin, said) => _guard.GuardAsync("compare", said.GetValue(right), async () =>
            {
                var login = access.Login(said, terminal);
                await using var one = await DeviceAccess.OpenBlocksAsync(
                    admin, said.GetRequiredValue(left), login, plan.Depth(said));
                await using var other = await DeviceAccess.OpenBlocksAsync(
                    admin, said.GetRequiredValue(right), login, plan.Depth(said));
                var length = plan.Length(said, one);
                return await CompareAsync("compare", one, other, plan.Judge(said, one, other, length));
            }), [.. access.Symbols, .. plan.Symbols, left, right]);
    }

    private async Task<int> CompareAsync(string name, IBlocks one, IBlocks other, CopyPlan plan)
    {
        var comparing = new Progress(terminal, "compared", plan.Length);
        var first = await BlockCopy.CompareAsync(one, other, plan, comparing);
        comparing.End();
        return first < 0
            ? ExitStatus.Success
            : terminal.Fail($"disk {name}", null, $"they differ, first at byte {first}");
    }

    private Command MakeBench(CommandRunner runner)
    {
        var access = new DeviceAccess();
        var at = Operand("device", DeviceAccess.LocationSummary);
        var size = Value("--size", "-z", "bytes of one access, with k or m (4k)");
        var depth = new Option<int>("--depth", "-q")
        {
            Description = "accesses at once (32)",
            DefaultValueFactory = _ => 32,
        };
        var seconds = new Option<double>("--seconds", "-T")
        {
            Description = "for how long (5)",
            DefaultValueFactory = _ => 5,
        };
        var sequential = Switch("--sequential", "-Q", "one after another, else at random");
        var writes = new Option<bool>("--write-and-destroy")
        {
            Description = "write random bytes over what is there, else read",
        };
        var json = Json();
        return runner.Subcommand("bench", "Measures accesses a second, bytes a second and latencies.", (admin, said) =>
            _guard.GuardAsync("bench", said.GetValue(at), async () =>
            {
                if (!CopyOptions.TrySize(said.GetValue(size) ?? "4k", out var piece) || piece is < 1 or > PieceMax)
                    throw new DiskCommandException($"an access has 1 to {PieceMax} bytes");
                var wanted = said.GetValue(depth);
                if (wanted is < 1 or > DepthMax) throw new DiskCommandException($"a depth is 1 to {DepthMax}");
                var time = said.GetValue(seconds);
                if (time is not (> 0 and <= SecondsMax))
                    throw new DiskCommandException($"--seconds is more than 0, {SecondsMax} at most");
                await using var disk = await DeviceAccess.OpenBlocksAsync(
                    admin, said.GetRequiredValue(at), access.Login(said, terminal), wanted);
                if (piece % disk.BlockLengthBytes != 0 || piece > disk.LengthBytes)
                    throw new DiskCommandException($"an access is made of blocks of {disk.BlockLengthBytes} bytes");
                if (disk is FileBlocks && said.GetValue(writes))
                    throw new DiskCommandException("a file is only read");
                var result = await new DiskBench(disk, new((int)piece, wanted, time,
                    said.GetValue(writes), said.GetValue(sequential)), terminal.Time).RunAsync();
                terminal.Output.WriteLine(said.GetValue(json)
                    ? System.Text.Json.JsonSerializer.Serialize(result, CliJson.Default.BenchResult)
                    : result.ToString());
                return ExitStatus.Success;
            }), [.. access.Symbols, size, depth, seconds, sequential, writes, json, at]);
    }
}
