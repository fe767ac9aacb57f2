using Lunette.Iscsi;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Runtime.Loops;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Captures;

public class CaptureTests
{
    // It waits for the end of a PDU that is half through when nobody wants it any more: a connection has one tap, which
    // the next capture is to have.
    [Fact]
    public async Task Capture_UnwantedBeforeItBegins_TheNextOneTellsOfThePdusThatFollow()
    {
        await using var host = await TargetHost.StartAsync();
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        var settings = SocketInitiator.Settings();
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(settings));
        await initiator.SettleAsync();
        var nexus = host.Framework.SessionsAt(TargetHost.TargetName)!.Single();
        var session = host.Target.FindSession(new SessionKey(settings.InitiatorName, settings.Isid, 1))!;
        var write = WirePdu.Build<ScsiCommand>(
            command =>
            {
                command.Write = true;
                command.Attribute = TaskAttributeCode.Simple;
                command.InitiatorTaskTag = new InitiatorTaskTag(0x7777);
                command.ExpectedDataTransferLength = 65536;
                command.CmdSn = initiator.NextCmdSn();
                command.Cdb = Cdb.Write10(0, 128);
            },
            new byte[65536]);
        var before = session.Connection!.Stream.ReceivedBytes;
        await initiator.SendAsync(write[..1000]);
        await Eventually.IsSoAsync(() => session.Connection!.Stream.ReceivedBytes > before);
        host.Target.Capture(nexus)!.Dispose();
        await initiator.SendAsync(write[1000..]);
        await initiator.ExpectAsync(PduOpCode.ScsiResponse);
        await PassTimersAsync(session.Loop);

        using var capture = host.Target.Capture(nexus)!;
        var told = 0;
        await Eventually.IsSoAsync(async () =>
        {
            await initiator.SettleAsync();
            told += capture.Take().Bytes.Length;
            return told > 1000;
        });
    }

    // What tries again within milliseconds has done so.
    private static async Task PassTimersAsync(Loop loop)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Arming(loop, new Passing(passed)));
        await passed.Task.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
    }

    private sealed class Arming(Loop loop, LoopTimer timer) : LoopWork
    {
        public override void Run() => loop.Arm(timer, TimeSpan.FromMilliseconds(100));
    }

    private sealed class Passing(TaskCompletionSource passed) : LoopTimer
    {
        public override void Fire() => passed.SetResult();
    }
}
