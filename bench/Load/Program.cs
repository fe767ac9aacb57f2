using System.Globalization;
using System.Net;
using Lunette.Backing;
using Lunette.Backing.Files;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Stmf.Contracts;
using Lunette.Target.Iscsi;

// A target with disks and nothing else, for load generators. It runs until it is ended.
//   Load --port 3910 --name iqn.2026-11.lunette:ram --store ram:1g --disks 1 --loops 0 --spin on --portable off
// A store is ram:SIZE, file:PATH,size=SIZE or block:DEVICE; a file is made where there is none. There may be more disks
// than one where the store is memory, at LUN 0, 1, ..., all alike.
var options = new Dictionary<string, string>
{
    ["port"] = "3910",
    ["name"] = "iqn.2026-11.lunette:ram",
    ["store"] = "ram:1g",
    ["disks"] = "1",
    ["loops"] = "0",
    ["spin"] = "on",
    ["portable"] = "off",
};
for (var i = 0; i + 1 < args.Length; i += 2) options[args[i].TrimStart('-')] = args[i + 1];

DescriptorLimit.Raise();
if (!StoreSpec.TryParse(options["store"], out var spec, out var reason)) throw new ArgumentException(reason);
using var buffers = new BufferPool(1L << 28);
await using var workers = new StoreWorkers();
var opener = new StoreOpener(buffers, workers);
var first = opener.Open(spec, StoreCreation.OpenOrCreate);
long bytes;
await using (var store = first.Store ?? throw new ArgumentException(first.Reason)) bytes = store.LengthBytes;
var disks = new DiskUnit[Number("disks")];
for (var i = 0; i < disks.Length; i++)
{
    var unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, (ulong)i + 1), Alias = $"load{i}" };
    disks[i] = new DiskUnit(new DiskOptions { Unit = unit, LengthBytes = bytes }, () => opener.Open(spec));
}
await using var target = await IscsiTarget.StartAsync(
    new IscsiTargetOptions
    {
        Name = IscsiName.Parse(options["name"]),
        EndPoint = new(IPAddress.Loopback, Number("port")),
        BufferBytesMax = 1L << 30,
        Loops = new LoopGroupOptions
        {
            Count = Number("loops"),
            Spin = options["spin"] == "on",
            Portable = options["portable"] == "on",
        },
    },
    disks);
Console.WriteLine(target.UrlOf(0));

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

int Number(string option) => int.Parse(options[option], CultureInfo.InvariantCulture);
