using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Events;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.TargetMode;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Adapter.Virtual;
using Lunette.DeviceServer;
using Lunette.Lu.Processor;
using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

namespace Lunette.Adapter.Tests;

/// <summary>
/// An adapter as a target: its processor device is a logical unit of the framework behind a virtual port, and other
/// adapters SEND to it.
/// </summary>
public sealed class TargetModeTests : IAsyncDisposable
{
    private const string HostName = "iqn.2026-11.example:host";
    private const string StrangerName = "iqn.2026-11.example:stranger";
    private const ulong HostId = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly ManualLoop _loop = new();
    private readonly SystemErrorLog _log = new(TimeProvider.System);
    private readonly StmfFramework _framework = new(new MemoryConfigStore(), new FallbackUnit(), TimeProvider.System);
    private readonly VirtualTargetPort _port = new("iqn.2026-11.example:processor");
    private readonly List<ScsiAdapter> _adapters = [];
    private readonly List<TargetModeBuffer> _received = [];
    private readonly List<byte> _firstBytes = [];

    [Fact]
    public async Task Send_OfAnInitiator_ArrivesInBuffersAndTheyComeBack()
    {
        var (target, host) = await StartAsync(HostName);
        var start = await StartTargetAsync(target, bufferSize: 100);
        var data = Enumerable.Range(0, 250).Select(i => (byte)i).ToArray();

        Assert.Equal(Errno.None, await SendAsync(host, data));

        var first = Assert.Single(_received);
        Assert.Equal(data, ChainOf(first).SelectMany(buffer => buffer.Data.ToArray()));
        Assert.Equal([TargetModeFlags.HasData | TargetModeFlags.MoreData,
            TargetModeFlags.HasData | TargetModeFlags.MoreData, TargetModeFlags.HasData],
            ChainOf(first).Select(buffer => buffer.Flags));
        Assert.All(ChainOf(first), buffer => Assert.Equal((HostId, 77ul), (buffer.SenderId, buffer.Correlator)));
        start.Free!(first);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Errno.None, await SendAsync(host, data));
            start.Free!(_received[^1]);
        }
    }

    [Fact]
    public async Task Inquiry_NamesAProcessorDevice()
    {
        var (_, host) = await StartAsync(HostName);
        var inquiry = new ScInquiry { ScsiId = 1, InquiryLength = 36, Inquiry = new byte[36] };

        Assert.Equal(Errno.None, await RunAsync(host.IoctlAsync(IoctlNumber.SCIOINQU, inquiry)));

        Assert.Equal(PeripheralDeviceType.Processor, Peripheral.FromWire(inquiry.Inquiry.Span[0]).DeviceType);
    }

    [Fact]
    public async Task Send_NobodyListens_NotReady()
    {
        var (target, host) = await StartAsync(StrangerName);
        await StartTargetAsync(target, bufferSize: 100);

        var command = await PassAsync(host, new byte[10]);

        Assert.Equal((StatusValidity.Scsi, ScsiStatus.CheckCondition),
            (command.StatusValidity, (ScsiStatus)command.ScsiBusStatus));
        Assert.Equal(0x02, command.AutosenseBuffer.Span[2] & 0x0F);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task Send_BuffersExhausted_BusyUntilTheyAreFreedAndToldByEvent()
    {
        var (target, host) = await StartAsync(HostName);
        var start = await StartTargetAsync(target, bufferSize: 100);
        var events = new List<AdapterEventInfo>();
        Assert.Equal(Errno.None, await RunAsync(target.IoctlAsync(IoctlNumber.SCIOEVENT, new EventRequest
        {
            ScsiId = HostId,
            Mode = SessionMode.Target,
            Handler = events.Add,
        })));
        for (var i = 0; i < start.BufferCount; i++) Assert.Equal(Errno.None, await SendAsync(host, [(byte)i]));

        Assert.Equal(ScsiStatus.Busy, (ScsiStatus)(await PassAsync(host, [99])).ScsiBusStatus);
        Assert.Equal(AdapterEvents.BuffersExhausted, Assert.Single(events).Events);
        start.Free!(_received[0]);
        Assert.Equal(Errno.None, await SendAsync(host, [99]));

        Assert.Equal([.. Enumerable.Range(0, start.BufferCount).Select(i => (byte)i), 99], _firstBytes);
    }

    [Fact]
    public async Task Send_LongerThanAllBuffers_RefusedAndTheReceiverIsToldByTmError()
    {
        var (target, host) = await StartAsync(HostName);
        await StartTargetAsync(target, bufferSize: 100);

        var command = await PassAsync(host, new byte[(16 * 100) + 1]);

        Assert.Equal(ScsiStatus.CheckCondition, (ScsiStatus)command.ScsiBusStatus);
        Assert.Equal((TargetModeFlags.Error, 0), (_received[0].Flags, _received[0].Data.Length));
        Assert.Equal(Errno.None, await SendAsync(host, new byte[150]));      // 2 of the 15 that are left
        Assert.Equal(2, ChainOf(_received[1]).Count());
    }

    [Fact]
    public async Task StopTarget_ReceptionEnds_BuffersStillOutAreGone()
    {
        var (target, host) = await StartAsync(HostName);
        var start = await StartTargetAsync(target, bufferSize: 100);
        Assert.Equal(Errno.None, await SendAsync(host, [1]));
        var stop = new StopTargetRequest { ScsiId = HostId };

        Assert.Equal(Errno.None, await RunAsync(target.IoctlAsync(IoctlNumber.SCIOSTOPTGT, stop)));
        Assert.Equal(Errno.EINVAL, await RunAsync(target.IoctlAsync(IoctlNumber.SCIOSTOPTGT, stop)));
        start.Free!(_received[0]);

        Assert.Equal(ScsiStatus.CheckCondition, (ScsiStatus)(await PassAsync(host, [2])).ScsiBusStatus);
        Assert.Single(_received);
    }

    [Theory]
    [InlineData(7, 0, 4096, 16)]        // the adapter's own ID
    [InlineData(3, 1, 4096, 16)]        // a logical unit
    [InlineData(3, 0, 0, 16)]
    [InlineData(3, 0, 4096, 15)]
    public async Task StartTarget_Unlawful_EINVAL(ulong id, byte lun, int size, int count)
    {
        var (target, _) = await StartAsync(HostName);
        Assert.Equal(Errno.EINVAL, await RunAsync(target.IoctlAsync(IoctlNumber.SCIOSTARTTGT, new StartTargetRequest
        {
            ScsiId = id,
            LunId = lun,
            BufferSize = size,
            BufferCount = count,
            Receive = _received.Add,
        })));
    }

    [Fact]
    public async Task StartTarget_MoreMemoryThanThereIsForIt_ENOMEM()
    {
        var (target, _) = await StartAsync(HostName);
        Assert.Equal(Errno.ENOMEM, await RunAsync(target.IoctlAsync(IoctlNumber.SCIOSTARTTGT, new StartTargetRequest
        {
            ScsiId = HostId,
            BufferSize = 1 << 20,
            BufferCount = 4096,
            Receive = _received.Add,
        })));
        await StartTargetAsync(target, bufferSize: 100);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var adapter in _adapters) await adapter.DisposeAsync();
        await RunAsync(Done(_framework.ShutDownAsync().AsTask()));
        await _framework.DisposeAsync();
    }

    // --- The two adapters -------------------------------------------------------------------------------------------

    private async Task<(AdapterFile Target, AdapterFile Host)> StartAsync(string hostName)
    {
        var senders = new SenderNames(new Dictionary<string, ulong> { [HostName] = HostId });
        var target = Open("scsi0", new VirtualTransport("iqn.2026-11.example:target", [], targetMode: senders));
        await _framework.LoadConfigurationAsync();
        _framework.Online();
        await _framework.WaitForServiceAsync();
        var id = new LogicalUnitId(0x6000_0000_0000_0003, 1);
        var unit = new ProcessorUnit(new UnitOptions { Id = id, Alias = "processor" },
            (initiator, data) => senders.Receive(initiator, data) switch
            {
                TargetModeReception.Received => SendReception.Received,
                TargetModeReception.HeldBack => SendReception.HeldBack,
                TargetModeReception.TooLong => SendReception.TooLong,
                _ => SendReception.NobodyListens,
            });
        Assert.True(_framework.RegisterLogicalUnit(unit).Succeeded);
        Assert.True((await _framework.AddViewEntryAsync(id, new GroupPair(null, null), 0)).Succeeded);
        Assert.True((await _framework.WaitForLogicalUnitAsync(id, online: true)).Succeeded);
        Assert.True((await _framework.RegisterTargetPortAsync(_port)).Succeeded);
        Assert.True((await _framework.WaitForTargetAsync(_port.Name, online: true)).Succeeded);
        var host = Open("scsi1", new VirtualTransport(hostName, [new VirtualBinding(1, _framework, _port)]));
        Assert.Equal(Errno.None, await RunAsync(host.IoctlAsync(IoctlNumber.SCIOSTART, new IdLun(1, 0))));
        await RunAsync(host.IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1 }));    // the power-on attention
        return (target, host);
    }

    private AdapterFile Open(string name, VirtualTransport transport)
    {
        var adapter = new ScsiAdapter(new AdapterAttributes { Name = name, TargetModeEnabled = true }, _loop, transport,
            _log);
        _adapters.Add(adapter);
        Assert.Equal(Errno.None, adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file));
        return file!;
    }

    private async Task<StartTargetRequest> StartTargetAsync(AdapterFile target, int bufferSize)
    {
        var start = new StartTargetRequest
        {
            ScsiId = HostId,
            BufferSize = bufferSize,
            Correlator = 77,
            Receive = Receive,
        };
        Assert.Equal(Errno.None, await RunAsync(target.IoctlAsync(IoctlNumber.SCIOSTARTTGT, start)));
        return start;
    }

    private void Receive(TargetModeBuffer first)
    {
        _received.Add(first);
        if (first.Data.Length > 0) _firstBytes.Add(first.Data.Span[0]);
    }

    private async Task<Errno> SendAsync(AdapterFile host, byte[] data)
    {
        var done = new TaskCompletionSource<Errno>();
        var structure = new ScBuf { ScsiId = 1, IoDone = ended => done.SetResult(ended.Bufstruct.Error) };
        structure.SetCommand(SendCdb(data.Length));
        structure.Bufstruct.Memory = data;
        structure.Bufstruct.Count = data.Length;
        Assert.Equal(Errno.None, host.Strategy(structure));
        var error = await RunAsync(done.Task);
        Assert.Equal(0, structure.Bufstruct.Residual);
        return error;
    }

    private async Task<ScPassthru> PassAsync(AdapterFile host, byte[] data)
    {
        var command = new ScPassthru
        {
            ScsiId = 1,
            Buffer = data,
            DataLength = (ulong)data.Length,
            TimeoutSeconds = 30,
            AutosenseLength = 64,
            AutosenseBuffer = new byte[64],
        };
        command.SetCdb(SendCdb(data.Length));
        Assert.Equal(Errno.EIO, await RunAsync(host.IoctlAsync(IoctlNumber.SCIOCMD, command)));
        return command;
    }

    private static byte[] SendCdb(int length) =>
        [0x0A, 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length, 0];

    private static IEnumerable<TargetModeBuffer> ChainOf(TargetModeBuffer first)
    {
        for (TargetModeBuffer? buffer = first; buffer is not null; buffer = buffer.Next) yield return buffer;
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> RunAsync<T>(Task<T> answer)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!answer.IsCompleted)
        {
            _loop.Advance(TimeSpan.FromMilliseconds(10));
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < s_patience, "no answer");
            await Task.Yield();
        }
        return await answer;
    }
}
