using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Contracts.Wire;
using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Scsi;

namespace Lunette.EndToEnd.Adapters;

/// <summary>
/// Hostile targets, each behind a SCSI ID of one of the daemon's adapters, all at once: an error on that path that says
/// what it is, bounded memory, and an adapter beside it that does not notice.
/// </summary>
public sealed class HostileTargetTests : EndToEndTests
{
    private const int MemoryMax = 256 << 20;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(300);
    private static readonly byte[] s_read = [0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0];
    private static readonly byte[] s_write = [0x2A, 0, 0, 0, 0, 0, 0, 1, 0, 0];

    private static readonly (string Misdeed, Action<SimulatedTarget> Teach, byte[] Cdb)[] s_misdeeds =
    [
        ("data beyond the buffer", target => target.OnPdu = At(0x28, (side, tag) => Data(side, tag, 512, 600)), s_read),
        ("data at a huge offset", target => target.OnPdu = At(0x28,
            (side, tag) => Data(side, tag, uint.MaxValue, 16)), s_read),
        ("wrong tag", target => target.OnPdu = At(0x28, (side, tag) => side.Respond(tag + 7, ScsiStatus.Good)), s_read),
        ("endless data segment", target => target.OnPdu = At(0x28, EndlessSegment), s_read),
        ("R2T past the write", target => target.OnPdu = At(0x2A, AskForMore), s_write),
        ("NOP flood", target => target.OnPdu = At(0x28, Flood), s_read),
        ("no answer to the login", target => target.Swallow = true, s_read),
        ("logins that lead nowhere", target => target.OnLogin = AnswerEmpty, s_read),
    ];

    private static bool AnswerEmpty(TargetSide side, ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data)
    {
        side.AnswerLogin(LoginRequest.Over(new BasicHeaderSegment(bhs)));
        return true;
    }

    [Fact]
    public async Task Daemon_HostileTargets_AnErrorOnEachPathAndNobodyElseDisturbed()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await using var admin = daemon.Administer();
        await daemon.DoAsync("adapter configure vscsi0 --virtual 1");
        Assert.Equal("", (await OperateAsync(admin, "vscsi0", AdapterOperationType.Start, 1)).Error);
        for (var i = 0; i < 3; i++) await OperateAsync(admin, "vscsi0", AdapterOperationType.TestReady, 1);
        var memory = daemon.ResidentBytes();
        using var over = new CancellationTokenSource();
        var neighbour = NeighbourAsync(daemon, over.Token);
        var targets = new List<HostileTarget>();
        try
        {
            foreach (var (_, teach, _) in s_misdeeds)
            {
                var target = new SimulatedTarget();
                teach(target);
                targets.Add(new HostileTarget(target));
            }
            // It sends the initiator to itself, for ever.
            var circle = new SimulatedTarget();
            var circling = new HostileTarget(circle);
            targets.Add(circling);
            circle.Decide = _ => LoginDecision.Redirect(new PortalAddress("127.0.0.1", circling.Port), false);
            await daemon.DoAsync("adapter configure iscsi0 " + string.Join(' ', targets.Select((target, i) =>
                $"--iscsi {IdOf(i)}=iscsi://127.0.0.1:{target.Port}/{SimulatedTarget.Name}")));

            var answers = await Task.WhenAll(targets.Select((_, i) => TryAsync(daemon, IdOf(i),
                i < s_misdeeds.Length ? s_misdeeds[i].Cdb : s_read))).WaitAsync(
                    s_limit, TestContext.Current.CancellationToken);

            for (var i = 0; i < answers.Length; i++)
            {
                var misdeed = i < s_misdeeds.Length ? s_misdeeds[i].Misdeed : "redirect to itself";
                Assert.True(answers[i].Errno != 0 && answers[i].Error.Length > 0, $"{misdeed} was taken for good");
                Assert.True(answers[i].Data.Length <= 1024, misdeed);
            }
            Assert.InRange(daemon.ResidentBytes() - memory, long.MinValue, MemoryMax);
            Assert.DoesNotContain("nvariant", daemon.Said, StringComparison.Ordinal);
        }
        finally
        {
            await over.CancelAsync();
            foreach (var target in targets) await target.DisposeAsync();
        }
        Assert.True(await neighbour > 0);
    }

    [Fact]
    public async Task Daemon_TargetLiesAboutItsUnits_WhatIsShownIsWhatCameAndControlsNoTerminal()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var target = new SimulatedTarget();
        await using var liar = new HostileTarget(target);
        await daemon.DoAsync(
            $"adapter configure iscsi0 --iscsi 1=iscsi://127.0.0.1:{liar.Port}/{SimulatedTarget.Name}");

        // The lists are longer than what came, names have escape sequences and slashes, the capacity cannot be.
        target.OnPdu = (side, bhs, _) => bhs[32] switch
        {
            0xA0 => Say(side, bhs, [0xFF, 0xFF, 0xFF, 0xF8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            0x12 when bhs[33] == 0 => Say(side, bhs, [0, 0, 6, 2, 255, 0, 0, 0, .. "a/\u001b[2Jb\0../../etc/passwd"u8]),
            0x12 => Say(side, bhs, [0, bhs[34], 0xFF, 0xFF, .. "\u001b]0;x\u0007"u8]),
            0x9E or 0x25 => Say(side, bhs, [.. Enumerable.Repeat((byte)0xFF, 32)]),
            _ => false,
        };
        var found = await daemon.DoAsync("adapter discover iscsi0");
        Assert.Contains("iscsi0/1/0", found, StringComparison.Ordinal);
        Assert.DoesNotContain(found.Replace("\n", "", StringComparison.Ordinal), char.IsControl);
        await daemon.DoAsync("adapter start iscsi0 1 0");
        foreach (var page in (string[])["", " --page 80", " --page 83"])
        {
            var said = await daemon.RunAsync("adapter inquiry iscsi0 1 0" + page);
            Assert.DoesNotContain(
                (said.Output + said.Error).Replace("\n", "", StringComparison.Ordinal), char.IsControl);
        }
        var capacity = await daemon.RunAsync("disk capacity iscsi0/1/0");
        Assert.Equal(1, capacity.Exit);
        Assert.StartsWith("lunette: ", capacity.Error, StringComparison.Ordinal);
        var copy = await daemon.RunAsync($"disk copy iscsi0/1/0 {Path.Combine(Home, "copy")}");
        Assert.Equal(1, copy.Exit);

        // Nothing at all where there should be something.
        target.OnPdu = (side, bhs, _) => bhs[32] is 0xA0 or 0x12 or 0x9E or 0x25 && Say(side, bhs, []);
        Assert.Contains("iscsi0/1", await daemon.DoAsync("adapter discover iscsi0"), StringComparison.Ordinal);
        Assert.NotEqual(0, (await daemon.RunAsync("disk capacity iscsi0/1/0")).Exit);
        await daemon.DoAsync("adapter stop iscsi0 1 0");
    }

    private static int IdOf(int index) => index < 7 ? index : index + 1;    // 7 is the adapter's own

    // Tries to use a device: starts it, asks whether it is ready, moves some blocks.
    private static async Task<AdapterAnswer> TryAsync(RunningDaemon daemon, int id, byte[] cdb)
    {
        await using var admin = daemon.Administer();
        await OperateAsync(admin, "iscsi0", AdapterOperationType.Start, (ulong)id);
        var answer = await admin.SendAdapterCommandAsync(new AdapterCommandArguments
        {
            Adapter = "iscsi0",
            ScsiId = (ulong)id,
            Lun = 0,
            Cdb = cdb,
            DataInLength = cdb[0] == 0x28 ? 1024 : 0,
            DataOut = cdb[0] == 0x2A ? new byte[512] : [],
            TimeoutSeconds = 10,
        });
        return answer.Required;
    }

    private static async Task<int> NeighbourAsync(RunningDaemon daemon, CancellationToken over)
    {
        await using var admin = daemon.Administer();
        var done = 0;
        while (!over.IsCancellationRequested)
        {
            var begun = TimeProvider.System.GetTimestamp();
            var ready = await OperateAsync(admin, "vscsi0", AdapterOperationType.TestReady, 1);
            Assert.Equal("", ready.Error);
            Assert.InRange(TimeProvider.System.GetElapsedTime(begun).TotalSeconds, 0, 20);
            done++;
        }
        return done;
    }

    private static async Task<AdapterAnswer> OperateAsync(
        RemoteAdmin admin, string adapter, AdapterOperationType operation, ulong id) =>
        (await admin.OperateAdapterAsync(new AdapterOperationArguments(adapter, operation, id, 0))).Required;

    private static Intercept At(byte operationCode, Action<TargetSide, uint> misbehave) => (side, bhs, _) =>
    {
        if (new BasicHeaderSegment(bhs).OpCode != PduOpCode.ScsiCommand || bhs[32] != operationCode) return false;
        misbehave(side, new BasicHeaderSegment(bhs).InitiatorTaskTag.Value);
        return true;
    };

    private static bool Say(TargetSide side, ReadOnlySpan<byte> bhs, byte[] data)
    {
        var wanted = (int)Lunette.Iscsi.ScsiCommand.Over(bhs).ExpectedDataTransferLength;
        var tag = new BasicHeaderSegment(bhs).InitiatorTaskTag.Value;
        side.Read(tag, data.AsSpan(0, Math.Min(data.Length, wanted)), wanted);
        return true;
    }

    private static void Data(TargetSide side, uint tag, uint offset, int length) => side.Send<DataIn>(
        pdu =>
        {
            pdu.Final = false;
            pdu.InitiatorTaskTag = new(tag);
            pdu.BufferOffset = offset;
        },
        new byte[length], countsStatus: false);

    private static void EndlessSegment(TargetSide side, uint tag)
    {
        Span<byte> bhs = stackalloc byte[48];
        Pdu.Begin<DataIn>(bhs).DataSegmentLength = 0xFF_FFFF;
        side.Raw(bhs);
    }

    private static void AskForMore(TargetSide side, uint tag) => side.Send<ReadyToTransfer>(
        pdu =>
        {
            pdu.InitiatorTaskTag = new(tag);
            pdu.TargetTransferTag = new(1);
            pdu.BufferOffset = 512;
            pdu.DesiredDataTransferLength = 1 << 20;
        },
        countsStatus: false);

    private static void Flood(TargetSide side, uint tag)
    {
        for (var i = 0; i < 5000; i++) side.Ping(77, "are you there"u8);
    }
}
