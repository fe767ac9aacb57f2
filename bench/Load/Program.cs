using System.Globalization;
using System.Net;
using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

// A target with one disk in memory and nothing else, for load generators. It runs until it is ended.
//   Load --port 3910 --name iqn.2026-11.lunette:ram --size 1024 --loops 0 --spin on --portable off
var options = new Dictionary<string, string>
{
    ["port"] = "3910",
    ["name"] = "iqn.2026-11.lunette:ram",
    ["size"] = "1024",
    ["loops"] = "0",
    ["spin"] = "on",
    ["portable"] = "off",
};
for (var i = 0; i + 1 < args.Length; i += 2) options[args[i].TrimStart('-')] = args[i + 1];

DescriptorLimit.Raise();
using var buffers = new BufferPool(1L << 30);
var group = new LoopGroupOptions
{
    Count = int.Parse(options["loops"], CultureInfo.InvariantCulture),
    Spin = options["spin"] == "on",
    Portable = options["portable"] == "on",
};
await using var loops = LoopGroup.Start(group, buffers, fault => Console.Error.WriteLine(fault));
await using var framework = new StmfFramework(new MemoryConfigStore(), new FallbackUnit(), TimeProvider.System);
await framework.LoadConfigurationAsync();
framework.Online();
await framework.WaitForServiceAsync();

var id = new LogicalUnitId(0x6000_0000_0000_0001, 1);
var bytes = long.Parse(options["size"], CultureInfo.InvariantCulture) << 20;
var disk = new DiskUnit(
    new DiskOptions { Unit = new UnitOptions { Id = id, Alias = "ram" }, LengthBytes = bytes },
    () => new StoreOpening(new RamStore(bytes), null));
Check(framework.RegisterLogicalUnit(disk));
Check((await framework.AddViewEntryAsync(id, new GroupPair(null, null), 0)).Outcome);
Check(await framework.WaitForLogicalUnitAsync(id, online: true));

await using var provider = new IscsiPortProvider(loops, framework);
var target = provider.AddTarget(new IscsiTargetSettings(IscsiName.Parse(options["name"])))!;
Check(await framework.RegisterTargetPortAsync(target));
Check(await framework.WaitForTargetAsync(target.Name, online: true));
var portal = provider.OpenPortal(
    new IPEndPoint(IPAddress.Loopback, int.Parse(options["port"], CultureInfo.InvariantCulture)));
Console.WriteLine($"iscsi://{portal.EndPoint}/{target.Name}/0");

var ended = new TaskCompletionSource();
using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGINT, End);
using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGTERM, End);
await ended.Task;

void End(System.Runtime.InteropServices.PosixSignalContext context)
{
    context.Cancel = true;
    ended.TrySetResult();
}

static void Check(StmfResult result)
{
    if (!result.Succeeded) throw new InvalidOperationException(result.ToString());
}
