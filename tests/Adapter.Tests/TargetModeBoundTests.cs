using Lunette.Adapter.Arguments;
using Lunette.Adapter.Events;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.TargetMode;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Tests;

/// <summary>The bounds and the order of target mode, without a transport in the way.</summary>
public sealed class TargetModeBoundTests
{
    private static readonly Dictionary<string, ulong> s_senders = [];

    private readonly ScriptedRig _rig = new(
        attributes => attributes with { TargetModeEnabled = true, TargetModeBytesMax = 20_000 },
        new ScriptedTransport
        {
            Description = new() { Kind = AdapterKind.Parallel, TargetMode = new SenderNames(s_senders) },
        });

    private readonly List<TargetModeBuffer> _received = [];

    private ITargetModeReceiver Receiver => _rig.Adapter;

    [Fact]
    public void Stop_WhatArrivesMeanwhile_IsNotDelivered()
    {
        Start(5);
        var stopping = _rig.File.IoctlAsync(IoctlNumber.SCIOSTOPTGT, new StopTargetRequest { ScsiId = 5 });
        Receiver.Receive(5, new byte[10]);
        _rig.Loop.Pump();
        Assert.Equal(Errno.None, ScriptedRig.Now(stopping));
        Assert.Empty(_received);
    }

    [Fact]
    public void TooLong_NoBufferToSayIt_HeldBackUntilThereIs()
    {
        var start = Start(5);
        var events = AdapterEvents.None;
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOEVENT, new EventRequest
        {
            ScsiId = 5,
            Mode = SessionMode.Target,
            Handler = told => events |= told.Events,
        }));
        var all = start.BufferSize * start.BufferCount;
        Assert.Equal(TargetModeReception.Received, Receiver.Receive(5, new byte[all]));
        _rig.Loop.Pump();

        Assert.Equal(TargetModeReception.HeldBack, Receiver.Receive(5, new byte[all + 1]));
        _rig.Loop.Pump();
        Assert.Equal(AdapterEvents.BuffersExhausted, events);

        start.Free!(_received[0]);
        Assert.Equal(TargetModeReception.TooLong, Receiver.Receive(5, new byte[all + 1]));
        _rig.Loop.Pump();
        Assert.Equal(TargetModeFlags.Error, _received[1].Flags);
    }

    [Fact]
    public void Start_AllPathsTogetherWantTooMuch_ENOMEMUntilOneStops()
    {
        Start(5, bufferSize: 800);
        var second = Request(6, bufferSize: 800);
        Assert.Equal(Errno.ENOMEM, _rig.Ioctl(IoctlNumber.SCIOSTARTTGT, second));
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOSTOPTGT, new StopTargetRequest { ScsiId = 5 }));
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOSTARTTGT, second));
    }

    private StartTargetRequest Start(ulong sender, int bufferSize = 100)
    {
        var request = Request(sender, bufferSize);
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOSTARTTGT, request));
        return request;
    }

    private StartTargetRequest Request(ulong sender, int bufferSize) => new()
    {
        ScsiId = sender,
        BufferSize = bufferSize,
        BufferCount = ScsiAdapter.TargetModeBuffersMin,
        Receive = _received.Add,
    };
}
