using Lunette.Adapter.Arguments;
using Lunette.Adapter.Events;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.TargetMode;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Tests;

/// <summary>Who may open and do what; diagnostics; events; target mode.</summary>
public class OpenAndTargetModeTests
{
    private sealed class SendingInitiator : ITargetModeTransport
    {
        public ITargetModeReceiver Receiver { get; private set; } = null!;

        public void AttachReceiver(ITargetModeReceiver receiver) => Receiver = receiver;
    }

    [Fact]
    public void Open_ByAuthority_EPERM()
    {
        var rig = new ScriptedRig();

        Assert.Equal(Errno.EPERM, rig.Adapter.Open(AdapterCaller.Anybody, OpenExtension.None, out _));
        Assert.Equal(Errno.None, rig.Adapter.Open(AdapterCaller.Privileged, OpenExtension.None, out var file));
        file!.Dispose();
    }

    [Fact]
    public void Diagnostic_IsExclusive_AndOnlyItsOperationsWork()
    {
        var rig = new ScriptedRig();
        Assert.Equal(Errno.EACCES, rig.Adapter.Open(AdapterCaller.Privileged, OpenExtension.Diagnostic, out _));
        Assert.Equal(Errno.EACCES, rig.Ioctl(IoctlNumber.SCIODIAG, new ScCardDiag()));
        rig.File.Dispose();

        Assert.Equal(Errno.None, rig.Adapter.Open(AdapterCaller.Privileged, OpenExtension.Diagnostic, out var file));

        Assert.Equal(Errno.EACCES, rig.Adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out _));
        Assert.Equal(Errno.None, Call(IoctlNumber.SCIODIAG, new ScCardDiag()));
        Assert.Equal(Errno.ENXIO, Call(IoctlNumber.SCIODIAG, new ScCardDiag { Option = 3 }));
        var pattern = new byte[] { 1, 2, 3, 4 };
        Assert.Equal(Errno.None,
            Call(IoctlNumber.SCIOTRAM, new ScRamTest { Option = 2, BufferLength = 4, Buffer = pattern }));
        var back = new byte[4];
        Assert.Equal(Errno.None,
            Call(IoctlNumber.SCIOTRAM, new ScRamTest { Option = 1, BufferLength = 4, Buffer = back }));
        Assert.Equal(pattern, back);
        Assert.Equal(Errno.EACCES, Call(IoctlNumber.SCIOSTART, ScriptedRig.Device));
        Assert.Equal(Errno.None, Call(IoctlNumber.SCIODNLD, new ScDownload { Option = 2 }));
        file!.Dispose();
        Assert.Empty(rig.Log.Entries);

        Errno Call(int number, object argument)
        {
            var answer = file!.IoctlAsync(number, argument);
            rig.Loop.Pump();
            return ScriptedRig.Now(answer);
        }
    }

    [Theory]
    [InlineData(IoctlNumber.SCIOEVENT)]
    [InlineData(IoctlNumber.SCIOSTARTTGT)]
    [InlineData(IoctlNumber.SCIOSTOPTGT)]
    public void KernelOnly_FromAProcess_EPERM(int number)
    {
        var rig = new ScriptedRig();
        rig.Adapter.Open(AdapterCaller.Privileged, OpenExtension.None, out var file);

        Assert.Equal(Errno.EPERM, ScriptedRig.Now(file!.IoctlAsync(number)));
    }

    [Fact]
    public void Event_OncePerSession_ToldOfAReset()
    {
        var rig = new ScriptedRig();
        var told = new List<AdapterEventInfo>();
        var request = new EventRequest { ScsiId = 2, Correlator = 77, Handler = told.Add };
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOEVENT, request));
        rig.Start();
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOEVENT, request));
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOEVENT, request));

        rig.Transport.Observer.TargetReset(2);
        rig.Transport.Observer.TargetReset(0);
        rig.Loop.Pump();

        var single = Assert.Single(told);
        Assert.Equal((AdapterEvents.ResetEvent, 77ul), (single.Events, single.Correlator));
    }

    [Fact]
    public void Event_HandlerThrows_TheLoopTellsAndTheResetGoesOn()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var request = new EventRequest
        {
            ScsiId = 2,
            Handler = _ => throw new InvalidOperationException("asked for by the test"),
        };
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOEVENT, request));

        Assert.Throws<InvalidOperationException>(() => rig.Ioctl(IoctlNumber.SCIORESET, ScriptedRig.Device));
        rig.Loop.Pump();

        Assert.Equal(Queues.DeviceQueueState.Halted, rig.State());
    }

    [Fact]
    public void Event_FileClosed_ToldNoMoreAndTheNextOpenerMayRegister()
    {
        var rig = new ScriptedRig();
        rig.Start();
        Assert.Equal(Errno.None, rig.Adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var other));
        List<AdapterEvents> first = [], second = [];
        Assert.Equal(Errno.None, Register(rig.File, first));
        Assert.Equal(Errno.EINVAL, Register(other!, second));
        rig.File.Dispose();
        rig.Loop.Pump();

        rig.Transport.Observer.TargetReset(2);
        rig.Loop.Pump();
        Assert.Empty(first);
        Assert.Equal(Errno.None, Register(other!, second));
        rig.Transport.Observer.TargetReset(2);
        rig.Loop.Pump();
        Assert.Equal([AdapterEvents.ResetEvent], second);

        Errno Register(AdapterFile file, List<AdapterEvents> into)
        {
            var answer = file.IoctlAsync(IoctlNumber.SCIOEVENT,
                new EventRequest { ScsiId = 2, Handler = info => into.Add(info.Events) });
            rig.Loop.Pump();
            return ScriptedRig.Now(answer);
        }
    }

    [Fact]
    public void Event_TransportIsDead_EverySessionIsToldOnceAndNothingStartsAnyMore()
    {
        var rig = WithTargetMode(out _);
        var told = new List<AdapterEventInfo>();
        rig.Start();
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOSTARTTGT,
            new StartTargetRequest { ScsiId = 3, Receive = _ => { } }));
        foreach (var (id, mode) in new[] { (2ul, SessionMode.Initiator), (3ul, SessionMode.Target) })
        {
            Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOEVENT,
                new EventRequest { ScsiId = id, Mode = mode, Handler = told.Add }));
        }

        rig.Transport.Observer.TransportFailed();
        rig.Transport.Observer.TransportFailed();
        rig.Loop.Pump();

        Assert.Equal([(2ul, SessionMode.Initiator, AdapterEvents.FatalHardwareError),
            (3ul, SessionMode.Target, AdapterEvents.FatalHardwareError)],
            told.Select(info => (info.ScsiId, info.Mode, info.Events)));
        Assert.Equal(ErrorLog.ErrorLabel.SCSI_ERR1, Assert.Single(rig.Log.Entries).Label);
        Assert.Equal(Errno.EIO, rig.Ioctl(IoctlNumber.SCIOSTART, new IdLun(2, 1)));
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOSTOP, ScriptedRig.Device));
    }

    [Fact]
    public void Event_TheAdaptersOwnCommandFails_TheSessionsOfThatTargetAreTold()
    {
        var rig = new ScriptedRig();
        var told = new List<AdapterEvents>();
        rig.Start();
        rig.Start(new IdLun(3, 0));
        foreach (var id in (ulong[])[2, 3])
        {
            Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOEVENT,
                new EventRequest { ScsiId = id, Handler = info => told.Add(info.Events) }));
        }
        rig.Transport.OnManage = _ => null;
        var halt = rig.Begin(IoctlNumber.SCIOHALT, ScriptedRig.Device);

        rig.Loop.Advance(ScriptedRig.InternalTimeout * 3);

        Assert.Equal(Errno.ETIMEDOUT, ScriptedRig.Now(halt));
        Assert.Equal([AdapterEvents.AdapterCommandFailed], told);
    }

    [Fact]
    public void TargetMode_PoolExhausted_HeldBackAndGoesOnWhenFreed()
    {
        var rig = WithTargetMode(out var initiator);
        var received = new List<TargetModeBuffer>();
        var events = new List<AdapterEvents>();
        var start = new StartTargetRequest { ScsiId = 3, BufferSize = 100, Receive = received.Add };
        Assert.Equal(TargetModeReception.NotStarted, initiator.Receiver.Receive(3, new byte[10]));
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOSTARTTGT, start));
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOSTARTTGT, start));
        rig.Ioctl(IoctlNumber.SCIOEVENT, new EventRequest
        {
            ScsiId = 3,
            Mode = SessionMode.Target,
            Handler = info => events.Add(info.Events),
        });

        Assert.Equal(TargetModeReception.Received, initiator.Receiver.Receive(3, new byte[1550]));
        Assert.Equal(TargetModeReception.HeldBack, initiator.Receiver.Receive(3, new byte[10]));
        rig.Loop.Pump();

        var chain = Assert.Single(received);
        Assert.Equal(TargetModeFlags.HasData | TargetModeFlags.MoreData, chain.Flags);
        Assert.Equal([AdapterEvents.BuffersExhausted], events);
        start.Free!(chain);
        Assert.Equal(TargetModeReception.Received, initiator.Receiver.Receive(3, new byte[10]));
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOSTOPTGT, new StopTargetRequest { ScsiId = 3 }));
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOSTOPTGT, new StopTargetRequest { ScsiId = 3 }));
    }

    private static ScriptedRig WithTargetMode(out SendingInitiator initiator)
    {
        initiator = new SendingInitiator();
        return new ScriptedRig(attributes => attributes with { TargetModeEnabled = true }, new ScriptedTransport
        {
            Description = new TransportDescription { Kind = AdapterKind.Parallel, TargetMode = initiator },
        });
    }

    [Fact]
    public void TargetMode_NotEnabled_ENXIO() =>
        Assert.Equal(Errno.ENXIO, new ScriptedRig().Ioctl(IoctlNumber.SCIOSTARTTGT, new StartTargetRequest()));

    [Theory]
    [InlineData("scsi0", true)]
    [InlineData("vscsi12", true)]
    [InlineData("scsi", false)]
    [InlineData("0", false)]
    [InlineData("../scsi0", false)]
    public void Directory_Names(string name, bool lawful) => Assert.Equal(lawful, AdapterDirectory.IsName(name));
}
