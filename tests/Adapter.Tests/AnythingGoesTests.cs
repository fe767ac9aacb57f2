using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>
/// Random histories with every flag and tag there is, at targets that answer as they like or not at all: whatever
/// happens, each structure comes back once, each operation is answered, and every device can be stopped. What comes
/// back how is <see cref="SeveralCallersTests"/>'.
/// </summary>
public class AnythingGoesTests
{
    private const int SeedCount = 30;
    private const int Steps = 400;

    private static readonly IdLun[] s_devices = [new(2, 0), new(2, 1), new(3, 0)];

    private static readonly TransportOutcome[] s_outcomes = Enum.GetValues<TransportOutcome>();

    private static readonly ServiceResponse[] s_responses =
    [
        ServiceResponse.FunctionComplete, ServiceResponse.FunctionSucceeded, ServiceResponse.FunctionRejected,
        ServiceResponse.IncorrectLogicalUnitNumber, ServiceResponse.ServiceDeliveryOrTargetFailure,
    ];

    private static readonly ScsiStatus[] s_statuses =
    [
        ScsiStatus.Good, ScsiStatus.Good, ScsiStatus.CheckCondition, ScsiStatus.Busy, ScsiStatus.TaskSetFull,
        ScsiStatus.AcaActive, ScsiStatus.TaskAborted, ScsiStatus.ReservationConflict,
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, SeedCount)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void AnyHistory_EverythingIsAnsweredOnce(int seed)
    {
        var random = new Random(seed);
        var rig = new ScriptedRig(attributes => attributes with { ActiveMax = 3, PendingMax = 5 });
        rig.Transport.OnManage = _ => null;
        var sent = 0;
        var operations = new List<Task<Errno>>();
        foreach (var device in s_devices) rig.Start(device);
        for (var step = 0; step < Steps; step++)
        {
            var device = s_devices[random.Next(s_devices.Length)];
            switch (random.Next(8))
            {
                case < 3:
                    Send(device);
                    break;
                case 3:
                    operations.Add(Ask(device));
                    break;
                case 4:
                    rig.Loop.Advance(TimeSpan.FromSeconds(random.Next(3)));
                    break;
                case 5:
                    AnswerFunction();
                    break;
                default:
                    AnswerCommand();
                    break;
            }
            if (random.Next(3) > 0) rig.Loop.Pump();
        }

        // From here on the targets are well: everything has an end.
        rig.Transport.OnManage = _ => (TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        for (var i = 0; i < 200; i++)
        {
            rig.Loop.Advance(TimeSpan.FromSeconds(1));
            foreach (var command in rig.Transport.Commands.ToArray()) rig.Transport.Answer(command, ScsiStatus.Good);
        }
        foreach (var device in s_devices) operations.Add(rig.Begin(IoctlNumber.SCIOSTOP, device));
        for (var i = 0; i < 200; i++)
        {
            rig.Loop.Advance(TimeSpan.FromSeconds(1));
            foreach (var command in rig.Transport.Commands.ToArray()) rig.Transport.Answer(command, ScsiStatus.Good);
        }
        Assert.All(operations, operation => Assert.True(operation.IsCompletedSuccessfully));
        Assert.Equal(sent, rig.Returned.Count);
        Assert.Equal(sent, rig.Returned.Distinct().Count());
        Assert.All(s_devices, device => Assert.Equal(Queues.DeviceQueueState.Stopped, rig.State(device)));

        void Send(IdLun device)
        {
            var structure = new ScBuf
            {
                ScsiId = device.ScsiId,
                LogicalUnitNumber = device.LunId,
                // SC_RESUME as often as not, and few of the others at once.
                Flags = (TransactionFlags)(random.Next(256) & random.Next(256) & random.Next(256) | random.Next(2)),
                Tag = (QueueTag)random.Next(5),
                TimeoutSeconds = random.Next(3),
                IoDone = ended => rig.Returned.Add((ScBuf)ended),
            };
            if (random.Next(4) > 0) structure.SetCommand(new byte[6]);
            sent++;
            Assert.Equal(Errno.None, rig.File.Strategy(structure));
        }

        Task<Errno> Ask(IdLun device) => random.Next(8) switch
        {
            0 => rig.File.IoctlAsync(IoctlNumber.SCIOSTOP, device),
            1 => rig.File.IoctlAsync(IoctlNumber.SCIOHALT, device),
            2 => rig.File.IoctlAsync(IoctlNumber.SCIORESET, device),
            3 => rig.File.IoctlAsync(IoctlNumber.SCIOLUNRST, device),
            4 => rig.File.IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = device.ScsiId, LunId = device.LunId }),
            5 => rig.File.IoctlAsync(IoctlNumber.SCIOCMD, new ScPassthru
            {
                ScsiId = device.ScsiId,
                LunId = Lun.FromNumber(device.LunId).Wire,
                CommandLength = 6,
                TimeoutSeconds = 1,
                QueueFlags = TransactionFlags.ClearAca,
            }),
            _ => rig.File.IoctlAsync(IoctlNumber.SCIOSTART, device),
        };

        void AnswerFunction()
        {
            var waiting = rig.Transport.Functions.Where(function => function.InProgress).ToList();
            if (waiting.Count == 0) return;
            rig.Transport.EndsCovered = random.Next(4) > 0;
            var outcome = random.Next(3) > 0 ? TransportOutcome.Answered : s_outcomes[random.Next(s_outcomes.Length)];
            rig.Transport.Answer(
                waiting[random.Next(waiting.Count)], outcome, s_responses[random.Next(s_responses.Length)]);
            rig.Loop.Pump();
        }

        void AnswerCommand()
        {
            if (rig.Transport.Commands.Count == 0) return;
            var command = rig.Transport.Commands[random.Next(rig.Transport.Commands.Count)];
            if (random.Next(4) > 0) rig.Transport.Answer(command, s_statuses[random.Next(s_statuses.Length)]);
            else rig.Transport.End(command, s_outcomes[random.Next(s_outcomes.Length)]);
        }
    }
}
