using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Faults;
using Lunette.Iscsi;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd.Limits;

/// <summary>How each limit is reached.</summary>
internal static class LimitCases
{
    private const int MebibyteInBlocks = 2048;

    /// <summary>What is set low, and who goes past it, by the limit's name.</summary>
    public static IReadOnlyDictionary<string, LimitCase> All { get; } = new Dictionary<string, LimitCase>
    {
        ["connections"] = new([("connections", 1)], ConnectAsync),
        ["sessions"] = new([("sessions", 1)], LogInTwiceAsync),
        ["pending-logins"] = new([("pending-logins", 1)], ConnectAsync),
        ["pending-logins-per-address"] = new([("pending-logins-per-address", 1)], ConnectAsync),
        ["logins-per-second"] = new([("logins-per-second", 1)], ConnectAsync),
        ["login-failures-per-minute"] = new([("login-failures-per-minute", 1)], FailAtProvingAsync),
        ["login-seconds"] = new([("login-seconds", 1)], ConnectAsync),
        ["commands"] = new([("commands", 4)], CommandOutsideTheWindowAsync),
        ["unit-commands"] = new([("unit-commands", 1)], system => WriteWithoutDataAsync(system, 2)),
        ["immediate-commands"] = new(
            [("immediate-commands", 1)], system => WriteWithoutDataAsync(system, 2, immediate: true)),
        ["task-management"] = new([("task-management", 1)], ManageAStuckUnitTwiceAsync),
        ["pdu-bytes"] = new([("pdu-bytes", 512)], system => WriteAtOnceAsync(system, 1024)),
        ["burst-bytes"] = new([("burst-bytes", 512)], system => WriteAtOnceAsync(system, 1024)),
        ["unsent-bytes"] = new([("unsent-bytes", 1 << 16)], ReadAndTakeNothingAsync),
        ["buffer-bytes"] = new(
            [("buffer-bytes", 1 << 24)], system => WriteWithoutDataAsync(system, 24, MebibyteInBlocks)),
        ["data-out-seconds"] = new([("data-out-seconds", 1)], system => WriteWithoutDataAsync(system, 1)),
        ["ping-answer-seconds"] = new([("ping-seconds", 1), ("ping-answer-seconds", 1)], LogInAndBeSilentAsync),
        ["stall-seconds"] = new([("stall-seconds", 1), ("commands", 2)], FillTheWindowOfAStuckUnitAsync),
        ["offline-seconds"] = new([("offline-seconds", 1)], TakeTheTargetOfflineAsync),
    };

    private static async Task ConnectAsync(SystemOfTest system)
    {
        for (var i = 0; i < 30; i++) await system.ConnectAsync();
    }

    private static async Task LogInAndBeSilentAsync(SystemOfTest system) => Assert.Equal(
        LoginStatus.Success, await (await system.ConnectAsync()).LoginAsync(system.Settings("host")));

    private static async Task LogInTwiceAsync(SystemOfTest system)
    {
        await system.LogInAsync("one");
        var other = await system.ConnectAsync();
        Assert.Equal(LoginStatus.OutOfResources, await other.LoginAsync(system.Settings("other")));
    }

    private static async Task FailAtProvingAsync(SystemOfTest system)
    {
        Assert.True((await system.Admin.ModifyIscsiTargetAsync(
            system.Target, new() { Authentication = "chap" })).Succeeded);
        var wrong = system.Settings("host") with
        {
            Credentials = new("me", new ChapSecret("not the secret of the host"u8)),
        };
        Assert.True((await system.Admin.CreateIscsiInitiatorAsync(wrong.InitiatorName.Value, new()
        {
            ChapUser = "me",
            ChapSecret = "the secret of the host",
        })).Succeeded);
        for (var i = 0; i < 6; i++)
            Assert.NotEqual(LoginStatus.Success, await (await system.ConnectAsync()).LoginAsync(wrong));
    }

    private static async Task CommandOutsideTheWindowAsync(SystemOfTest system)
    {
        var host = await system.LogInAsync();
        await host.SendAsync<ScsiCommand>(command =>
        {
            command.Attribute = TaskAttributeCode.Simple;
            command.Final = true;
            command.InitiatorTaskTag = new InitiatorTaskTag(0x1000);
            command.CmdSn = host.CmdSn.Advance(100);
            command.Cdb = Cdb.TestUnitReady;
        });
    }

    // The target asks for their data and waits for it.
    private static async Task WriteWithoutDataAsync(
        SystemOfTest system, int writes, int blocks = 1, bool immediate = false)
    {
        var host = await system.LogInAsync();
        for (var i = 0; i < writes; i++)
        {
            var (number, cdb) = (i, Cdb.Write10((uint)(i * blocks), blocks));
            await host.SendAsync<ScsiCommand>(command =>
            {
                command.Immediate = immediate;
                command.Final = true;
                command.Write = true;
                command.Attribute = TaskAttributeCode.Simple;
                command.InitiatorTaskTag = new InitiatorTaskTag(0x1000 + (uint)number);
                command.ExpectedDataTransferLength = (uint)blocks * Steady.BlockBytes;
                command.CmdSn = immediate ? host.CmdSn : host.NextCmdSn();
                command.Cdb = cdb;
            });
        }
    }

    private static async Task WriteAtOnceAsync(SystemOfTest system, int bytes)
    {
        var host = await system.LogInAsync();
        await host.SendCommandAsync(Cdb.Write10(0, bytes / Steady.BlockBytes), write: new byte[bytes]);
    }

    private static async Task ReadAndTakeNothingAsync(SystemOfTest system)
    {
        var host = await system.LogInAsync();
        for (var i = 0; i < 100; i++)
            await host.SendCommandAsync(Cdb.Read10(0, MebibyteInBlocks), read: MebibyteInBlocks * Steady.BlockBytes);
    }

    private static async Task ManageAStuckUnitTwiceAsync(SystemOfTest system)
    {
        var host = await system.LogInAsync();
        await system.Admin.InjectFaultAsync(system.Unit, new Fault(FaultKind.Hang));
        await host.SendCommandAsync(Cdb.Read10(0, 1), read: Steady.BlockBytes);
        for (var i = 0; i < 2; i++)
        {
            var tag = new InitiatorTaskTag(0x1000 + (uint)i);
            await host.SendAsync<TaskManagementRequest>(request =>
            {
                request.Immediate = true;
                request.Function = TaskManagementFunctionCode.AbortTaskSet;
                request.InitiatorTaskTag = tag;
                request.ReferencedTaskTag = InitiatorTaskTag.Reserved;
                request.CmdSn = host.CmdSn;
            });
        }
    }

    private static async Task FillTheWindowOfAStuckUnitAsync(SystemOfTest system)
    {
        var host = await system.LogInAsync();
        await system.Admin.InjectFaultAsync(system.Unit, new Fault(FaultKind.Hang));
        for (var i = 0; i < 2; i++) await host.SendCommandAsync(Cdb.Read10(0, 1), read: Steady.BlockBytes);
    }

    private static async Task TakeTheTargetOfflineAsync(SystemOfTest system)
    {
        await system.LogInAsync();
        Assert.True(Devid.TryCreate(system.Target, out var target));
        await system.Admin.OfflineTargetAsync(target);
    }
}

/// <summary>How a limit is reached.</summary>
/// <param name="Low">What is set low for it.</param>
/// <param name="ReachAsync">Goes past it.</param>
internal sealed record LimitCase(IReadOnlyList<(string Name, int Value)> Low, Func<SystemOfTest, Task> ReachAsync);
