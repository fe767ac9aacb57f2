using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

// Random reads or writes of one disk by our own initiator: commands a second, CPU and allocated bytes of this process
// per command.
//   Initiator --port 3910 --name iqn.2026-11.lunette:ram --lun 0 --op read --length 4096 --depth 32 --seconds 3
//             --inline on --digests off --spin off
//   Initiator --url iscsi://127.0.0.1:3910/iqn.2026-11.lunette:ram/0 --mode randread ... --json on, for initiators.py
var options = new Dictionary<string, string>
{
    ["port"] = "3910",
    ["name"] = "iqn.2026-11.lunette:ram",
    ["lun"] = "0",
    ["op"] = "read",
    ["length"] = "4096",
    ["depth"] = "32",
    ["seconds"] = "3",
    ["inline"] = "on",
    ["digests"] = "off",
    ["spin"] = "off",
    ["url"] = "",
    ["mode"] = "",
    ["json"] = "off",
};
for (var i = 0; i + 1 < args.Length; i += 2) options[args[i].TrimStart('-')] = args[i + 1];
if (options["url"].Length > 0)
{
    var url = new Uri(options["url"]);
    var path = url.AbsolutePath.Trim('/').Split('/');
    (options["port"], options["name"], options["lun"]) =
        (url.Port.ToString(CultureInfo.InvariantCulture), path[0], path[1]);
}
if (options["mode"].Length > 0) options["op"] = options["mode"].Replace("rand", "", StringComparison.Ordinal);
var isSequential = options["mode"] is "read" or "write";
var length = Number("length");
var blocks = (64 << 20) / 512;
var code = options["op"] == "read" ? (byte)0x88 : (byte)0x8A;
var lun = Lun.FromNumber(Number("lun"));
var digest = options["digests"] == "on" ? Digest.Crc32C : Digest.None;

await using var initiator = IscsiInitiator.Start(
    new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2026-11.lunette:bench") },
    new LoopGroupOptions { Count = 1, Spin = options["spin"] == "on" });
await using var session = await IscsiSession.ConnectAsync(initiator, new IscsiSessionOptions
{
    TargetName = IscsiName.Parse(options["name"]),
    Portals = [new PortalAddress("127.0.0.1", Number("port"))],
    InlineContinuations = options["inline"] == "on",
    HeaderDigests = [digest],
    DataDigests = [digest],
});
// The first commands of a nexus meet unit attentions.
var ready = new IscsiCommand(lun, new byte[6]);
for (var i = 0; i < 8 && !(await session.ExecuteAsync(ready)).IsGood; i++) await Task.Yield();
var done = 0L;
var failed = 0L;
var stop = false;
var workers = Enumerable.Range(0, Number("depth")).Select(WorkAsync).ToList();
await Task.Delay(TimeSpan.FromSeconds(1));
using var process = Process.GetCurrentProcess();
var (before, cpu, allocated) = (Volatile.Read(ref done), process.TotalProcessorTime, GC.GetTotalAllocatedBytes(true));
var watch = Stopwatch.StartNew();
await Task.Delay(TimeSpan.FromSeconds(double.Parse(options["seconds"], CultureInfo.InvariantCulture)));
var count = Volatile.Read(ref done) - before;
var seconds = watch.Elapsed.TotalSeconds;
process.Refresh();
cpu = process.TotalProcessorTime - cpu;
allocated = GC.GetTotalAllocatedBytes(true) - allocated;
Volatile.Write(ref stop, true);
await Task.WhenAll(workers);
if (options["json"] == "on")
{
    var rate = (Iops: count / seconds, Mbps: count / seconds * length / 1e6);
    var perCommand = (Cpu: cpu.TotalMicroseconds / count, Bytes: (double)allocated / count);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $$"""{"iops": {{rate.Iops:F0}}, "mbps": {{rate.Mbps:F1}}, "client_cpu_us_per_io": {{perCommand.Cpu:F3}}"""
        + $$""", "allocated_bytes_per_io": {{perCommand.Bytes:F3}}, "errors": {{failed}}}"""));
    return;
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{options["op"]} {length} depth {options["depth"]} inline {options["inline"]} digests {options["digests"]}: "
    + $"{count / seconds:F0} IOPS, {cpu.TotalMicroseconds / count:F2} us CPU, "
    + $"{(double)allocated / count:F3} bytes allocated per command, {failed} failed"));

int Number(string name) => int.Parse(options[name], CultureInfo.InvariantCulture);

// Where a page begins, as the buffers of the C clients beside it: a copy to elsewhere costs a fifth more.
static unsafe Memory<byte> AllocatePages(int length)
{
    var array = GC.AllocateArray<byte>(length + Environment.SystemPageSize, pinned: true);
    var address = (nuint)Unsafe.AsPointer(ref array[0]);
    var page = (nuint)Environment.SystemPageSize;
    return array.AsMemory((int)(((address + page - 1) & ~(page - 1)) - address), length);
}

async Task WorkAsync(int seed)
{
    var random = new Random(seed);
    var at = random.Next(blocks - (length / 512));
    var buffer = AllocatePages(length);
    var cdb = new byte[16];
    cdb[0] = code;
    BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(10), (uint)length / 512);
    while (!Volatile.Read(ref stop))
    {
        BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), (ulong)NextPlace());
        var command = new IscsiCommand(lun, cdb);
        var result = code == 0x88
            ? await session.ExecuteAsync(command, buffer)
            : await session.ExecuteAsync(command, default, buffer);
        if (!result.IsGood) Interlocked.Increment(ref failed);
        Interlocked.Increment(ref done);
    }

    int NextPlace() => at = isSequential
        ? (at + (length / 512)) % (blocks - (length / 512))
        : random.Next(blocks - (length / 512));
}
