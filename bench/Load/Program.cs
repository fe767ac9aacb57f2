using System.Globalization;
using System.Net;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Target.Iscsi;

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
    [DiskUnit.InMemory((long)Number("size") << 20)]);
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
