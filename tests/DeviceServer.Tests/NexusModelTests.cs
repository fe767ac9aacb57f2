using System.Globalization;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>
/// Random commands and task management functions from several nexuses, with tasks in the medium: an oracle says from
/// the tables of SAM and SPC which tasks are aborted and how their nexuses hear of it, who is owed which unit
/// attention, in what order it may be told and whether telling clears it.
/// </summary>
public class NexusModelTests
{
    private const int Hosts = 4;
    private const int Steps = 1200;

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task AnySequence_TasksAndAttentions_AsTheOracleSays(int seed)
    {
        using var bench = await Bench.StartAsync();
        var model = new Model(bench, new Random(seed));
        for (var step = 0; step < Steps; step++)
        {
            try
            {
                await model.StepAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Assert.Fail($"seed {seed}, step {step}: {e.Message}");
            }
        }
        model.FinishAll();
    }

    private sealed class Model(Bench bench, Random random)
    {
        private readonly VirtualInitiator[] _hosts =
            [.. Enumerable.Range(0, Hosts).Select(i => bench.Host("h" + i.ToString(CultureInfo.InvariantCulture)))];

        private readonly HashSet<AdditionalSense>[] _owed =
            [.. Enumerable.Range(0, Hosts).Select(_ => new HashSet<AdditionalSense>())];

        private readonly List<(int Host, VirtualCommand Command)> _tasks = [];
        private bool _abortedStatus;        // TAS
        private bool _interlock;            // UA_INTLCK_CTRL 10b
        private int _lba;

        public async Task StepAsync()
        {
            var at = random.Next(Hosts);
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    Enter(at);
                    break;
                case 3:
                    await AbortAsync(at, TaskManagementFunction.AbortTaskSet);
                    break;
                case 4:
                    await AbortAsync(at, TaskManagementFunction.ClearTaskSet);
                    break;
                case 5 when random.Next(3) == 0:
                    await AbortAsync(at, TaskManagementFunction.LogicalUnitReset);
                    break;
                case 6:
                    SelectMode(at);
                    break;
                case 7:
                    SetTimestamp(at);
                    break;
                case 8:
                    RequestSense(at);
                    break;
                case 9:
                    // SPC: INQUIRY and REPORT LUNS are carried out, and leave what is pending.
                    _hosts[at].Ask(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 36)));
                    _hosts[at].Ask(Cdb.Of(PrimaryCommands.ReportLuns, ("ALLOCATION LENGTH", 64)));
                    break;
                case 10:
                    End();
                    break;
                default:
                    var ready = _hosts[at].Run(Cdb.Of(PrimaryCommands.TestUnitReady));
                    if (!IsTold(at, ready, out var result)) result.Good();
                    break;
            }
        }

        public void FinishAll()
        {
            bench.Unit.Hold = false;
            TaskSetTests.Finish(bench, [.. _tasks.Select(task => task.Command)]);
        }

        // SAM, unit attention precedence: what a reset leaves goes before all else that is owed here.
        private bool IsTold(int at, ScsiResult answer, out ScsiResult result)
        {
            result = answer;
            var owed = _owed[at];
            if (owed.Count == 0) return false;
            Assert.Equal(SenseKey.UnitAttention, answer.SenseKeyOf());
            CheckFirst(owed, answer.CodeOf());
            if (!_interlock) owed.Remove(answer.CodeOf());
            return true;
        }

        private static void CheckFirst(HashSet<AdditionalSense> owed, AdditionalSense told)
        {
            Assert.Contains(told, owed);
            if (owed.Contains(AdditionalSense.BusDeviceResetFunctionOccurred))
                Assert.Equal(AdditionalSense.BusDeviceResetFunctionOccurred, told);
        }

        private void RequestSense(int at)
        {
            var sense = _hosts[at].Ask(Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252)));
            var told = (AdditionalSense)(sense[12] << 8 | sense[13]);
            if (_owed[at].Count == 0)
            {
                Assert.Equal(AdditionalSense.NoAdditionalSenseInformation, told);
                return;
            }
            CheckFirst(_owed[at], told);
            _owed[at].Remove(told);
        }

        // A task that stays in the medium, unless an attention is told first.
        private void Enter(int at)
        {
            if (_tasks.Count > 20) return;
            bench.Unit.Hold = true;
            var command = TaskSetTests.Start(_hosts[at], _lba++ % 128);
            bench.Unit.Hold = false;
            if (_owed[at].Count == 0) _tasks.Add((at, command));
            else Assert.True(command.HasEnded && IsTold(at, command.ToResult(), out _));
        }

        private void End()
        {
            if (_tasks.Count == 0) return;
            bench.Unit.ReleaseOne();
            Pump();
            var (_, command) = _tasks[0];
            Assert.True(command.HasEnded && command.Answered, "a task does not end");
            Assert.Equal(ScsiStatus.Good, command.Status);
            _tasks.RemoveAt(0);
        }

        private async Task AbortAsync(int at, TaskManagementFunction function)
        {
            var answer = _hosts[at].ManageAsync(function);
            Pump();
            // What the function aborts is in the medium, and the function ends when it has left it.
            var ownOnly = function == TaskManagementFunction.AbortTaskSet;
            var aborted = _tasks.Where(task => !ownOnly || task.Host == at).ToList();
            Assert.Equal(aborted.Count == 0, answer.IsCompleted);
            bench.Unit.ReleaseAll();
            Pump();
            Assert.Equal(ServiceResponse.FunctionComplete, await answer);
            foreach (var task in _tasks) CheckEnd(at, function, task.Host, task.Command, aborted.Contains(task));
            _tasks.Clear();
            if (function != TaskManagementFunction.LogicalUnitReset) return;
            // SAM, Logical unit reset: every nexus is told; mode pages are as they were saved.
            foreach (var owed in _owed) owed.Add(AdditionalSense.BusDeviceResetFunctionOccurred);
            (_abortedStatus, _interlock) = (false, false);
        }

        private void CheckEnd(
            int by, TaskManagementFunction function, int host, VirtualCommand command, bool aborted)
        {
            Assert.True(command.HasEnded);
            if (!aborted)
            {
                Assert.Equal(ScsiStatus.Good, command.Status);
                return;
            }
            // SAM, Aborting commands; SPC, TAS: others hear by status or by attention, the asking nexus by neither.
            Assert.Equal(host != by && _abortedStatus, command.Answered);
            if (command.Answered) Assert.Equal(ScsiStatus.TaskAborted, command.Status);
            else if (host != by && function == TaskManagementFunction.ClearTaskSet)
                _owed[host].Add(AdditionalSense.CommandsClearedByAnotherInitiator);
        }

        private void SelectMode(int at)
        {
            if (_owed[at].Count > 0) return;
            var (aborted, interlock) = (random.Next(2) == 0, random.Next(2) == 0);
            var page = ModeParameters.Sense(_hosts[at], 0x0A);
            page[4] = (byte)(page[4] & ~0x30 | (interlock ? 0x20 : 0));
            page[5] = (byte)(page[5] & ~0x40 | (aborted ? 0x40 : 0));
            ModeParameters.Select(_hosts[at], page).Good();
            if ((aborted, interlock) != (_abortedStatus, _interlock)) Owe(at, AdditionalSense.ModeParametersChanged);
            (_abortedStatus, _interlock) = (aborted, interlock);
        }

        private void SetTimestamp(int at)
        {
            var cdb = Cdb.Of(PrimaryCommands.SetTimestamp, ("PARAMETER LIST LENGTH", 12));
            byte[] list = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0];
            if (IsTold(at, _hosts[at].Run(cdb, list), out var result)) return;
            result.Good();
            Owe(at, AdditionalSense.TimestampChanged);
        }

        // SPC: a change is told to every nexus but the one that made it.
        private void Owe(int except, AdditionalSense code)
        {
            for (var i = 0; i < Hosts; i++)
                if (i != except) _owed[i].Add(code);
        }

        private void Pump()
        {
            foreach (var host in _hosts) TaskSetTests.Pump(host);
        }
    }
}
