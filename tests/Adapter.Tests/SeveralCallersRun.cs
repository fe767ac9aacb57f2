using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>
/// One random history: two head drivers and a process hold the same adapter open and do as they please; what they ask
/// arrives together, in the order it was asked. After each step everything is compared with the oracle.
/// </summary>
internal sealed class SeveralCallersRun
{
    private const int Steps = 1500;
    private const int Depth = 3;
    private const int Room = 5;

    // The first is the favourite: what is rare happens there.
    private static readonly IdLun[] s_devices = [new(2, 0), new(2, 0), new(2, 0), new(2, 1), new(3, 0)];

    private readonly Random _random;
    private readonly ScriptedRig _rig;
    private readonly QueueOracle _oracle = new(Depth, Room);
    private readonly List<AdapterFile> _callers = [];
    private readonly Dictionary<Transaction, int> _numbers = [];
    private readonly Dictionary<TransportCommand, int> _commands = [];
    private readonly List<Task<Errno>> _operations = [];
    private readonly List<int> _open = [];      // operations that had not answered when they were last looked at
    private readonly Dictionary<QueueOracle.Function, TransportManagement> _functions =
        new(ReferenceEqualityComparer.Instance);
    private readonly string _seed;
    private int _functionsSeen;
    private int _events;
    private int _compared;

    public SeveralCallersRun(int seed)
    {
        _random = new Random(seed);
        _seed = $"seed {seed}, step ";
        _rig = new ScriptedRig(attributes => attributes with
        {
            ActiveMax = Depth,
            PendingMax = Room,
            // No function is left unanswered for ever here: time does not pass.
            InternalTimeout = TimeSpan.FromHours(1),
        });
        _rig.Transport.OnManage = _ => null;
        _callers.Add(_rig.File);
        _callers.Add(Open(AdapterCaller.Kernel));
        _callers.Add(Open(AdapterCaller.Privileged));
    }

    /// <summary>Pairs of state and event that were met.</summary>
    public HashSet<(DeviceQueueState, DeviceQueueEvent)> Met { get; } = [];

    public void Run()
    {
        for (var step = 0; step < Steps; step++)
        {
            for (var asked = _random.Next(3); asked >= 0; asked--) Ask();
            _rig.Loop.Pump();
            Compare(_seed + step);
        }
    }

    private AdapterFile Open(AdapterCaller caller)
    {
        Assert.Equal(Errno.EPERM, _rig.Adapter.Open(AdapterCaller.Anybody, OpenExtension.None, out _));
        Assert.Equal(Errno.EACCES, _rig.Adapter.Open(caller, OpenExtension.Diagnostic, out _));
        Assert.Equal(Errno.None, _rig.Adapter.Open(caller, OpenExtension.None, out var file));
        return file!;
    }

    // --- One caller's next step -------------------------------------------------------------------------------------

    private void Ask()
    {
        var caller = _callers[_random.Next(_callers.Count)];
        var at = s_devices[_random.Next(s_devices.Length)];
        switch (_random.Next(100))
        {
            case < 2:
                Expire();
                break;
            case < 13:
                _oracle.Start(Ioctl(caller, IoctlNumber.SCIOSTART, at), at);
                break;
            case < 40:
                Send(caller, at);
                break;
            case < 72:
                AnswerCommand();
                break;
            case < 84:
                AnswerFunction();
                break;
            case < 92:
                Clear(caller, at);
                break;
            case < 95:
                Stop(caller, at);
                break;
            case < 97:
                Register(caller, at);
                break;
            case < 99:
                AskForWhatMayNotBe(caller, at);
                break;
            default:
                Reopen(caller);
                break;
        }
    }

    private int Ioctl(AdapterFile caller, int number, object argument)
    {
        _operations.Add(caller.IoctlAsync(number, argument));
        _open.Add(_operations.Count - 1);
        return _operations.Count - 1;
    }

    private void Send(AdapterFile caller, IdLun at)
    {
        var (flags, hasCommand) = _random.Next(12) switch
        {
            < 5 => (TransactionFlags.None, true),
            < 8 => (TransactionFlags.Resume, true),
            8 => (TransactionFlags.QueueClear, false),
            9 => (TransactionFlags.QueueResume, _random.Next(2) == 0),
            10 => (TransactionFlags.Resume | TransactionFlags.QueueResume, _random.Next(2) == 0),
            _ => (TransactionFlags.Resume, false),
        };
        var tag = _random.Next(3) == 0 ? QueueTag.None : (QueueTag)_random.Next(1, 4);
        var hasTimeout = _random.Next(4) == 0;
        // A head driver often does what a parked queue is parked for.
        if (_oracle.PhaseOf(at) == QueueOracle.Phase.Parked && _random.Next(2) == 0)
            (flags, hasCommand, tag) = (TransactionFlags.Resume, true, QueueTag.None);
        var structure = new ScBuf
        {
            ScsiId = at.ScsiId,
            LogicalUnitNumber = at.LunId,
            Flags = flags,
            Tag = tag,
            TimeoutSeconds = hasTimeout ? 1 : 0,
            IoDone = ended => _rig.Returned.Add((ScBuf)ended),
        };
        if (hasCommand) structure.SetCommand(new byte[6]);
        var number = _numbers.Count;
        _numbers.Add(structure, number);
        _commands.Add(structure.Command, number);
        Assert.Equal(Errno.None, caller.Strategy(structure));
        _oracle.Submit(at, new Sent(number, flags, structure.Tag != QueueTag.None, hasCommand, hasTimeout));
    }

    // Only what the transport has seen by now is answered.
    private void AnswerCommand()
    {
        if (_rig.Transport.Commands.Count == 0) return;
        // The youngest more often than the others, so that a recovery command can end before what is beside it.
        var youngest = _random.Next(3) == 0;
        var command = youngest
            ? _rig.Transport.Commands[^1]
            : _rig.Transport.Commands[_random.Next(_rig.Transport.Commands.Count)];
        var number = _commands[command];
        var (device, sent) = _oracle.AtDevices.Single(at => at.Sent.Number == number);
        switch (_random.Next(10))
        {
            case < 6:
                _rig.Transport.Answer(command, ScsiStatus.Good);
                _oracle.Answer(device, sent, isGood: true);
                break;
            case < 9:
                _rig.Transport.Answer(command, ScsiStatus.CheckCondition, [0x70, 0, 5]);
                _oracle.Answer(device, sent, isGood: false);
                break;
            default:
                _rig.Transport.End(command, TransportOutcome.ConnectionLost);
                _oracle.Lose(device, sent);
                break;
        }
    }

    // What it covers is what the target has by now: all that was asked before is sent first.
    private void AnswerFunction()
    {
        if (_functions.Count == 0) return;
        _rig.Loop.Pump();
        var (function, asked) = _functions.ElementAt(_random.Next(_functions.Count));
        _functions.Remove(function);
        // Where it drains with this, the queue is gone before its trail can be read.
        if (function.Scope.Exists(device => device is { Phase: QueueOracle.Phase.Stopping, Clearings: 1 }))
            Met.Add((DeviceQueueState.Stopping, DeviceQueueEvent.ClearingEnded));
        switch (_random.Next(16))
        {
            case < 11:
                _rig.Transport.Answer(asked, TransportOutcome.Answered, ServiceResponse.FunctionComplete);
                _oracle.Complete(function);
                break;
            // A target reset that is refused becomes many functions; TagQueuingTests has it.
            case < 13 when function.Ending != QueueOracle.Ending.TargetReset:
                _rig.Transport.Answer(asked, TransportOutcome.Answered, ServiceResponse.FunctionRejected);
                Pair(() => _oracle.Refuse(function) is { } next ? [next] : []);
                break;
            case 13:
                Fail(TransportOutcome.NoDevice, Errno.ENODEV);
                break;
            case 14:
                Fail(TransportOutcome.ConnectionLost, Errno.ENOCONNECT);
                break;
            default:
                Fail(TransportOutcome.HostFailure, Errno.EIO);
                break;
        }

        void Fail(TransportOutcome outcome, Errno error)
        {
            _rig.Transport.Answer(asked, outcome, default);
            _oracle.Fail(function, error);
        }
    }

    // The transport is asked before anything else happens, so that functions and the oracle's can be paired.
    private void Clear(AdapterFile caller, IdLun at)
    {
        _rig.Loop.Pump();
        var device = new ScsiSciolst { ScsiId = at.ScsiId, LunId = Lun.FromNumber(at.LunId).Wire };
        var (ending, ofTaskSet, operation) = _random.Next(5) switch
        {
            < 2 => (QueueOracle.Ending.Abort, false, Ioctl(caller, IoctlNumber.SCIOHALT, at)),
            2 => (QueueOracle.Ending.Abort, true, Ioctl(caller, IoctlNumber.SCIOLHALT, device)),
            3 => (QueueOracle.Ending.LunReset, false, Ioctl(caller, IoctlNumber.SCIOLUNRST, at)),
            _ => (QueueOracle.Ending.TargetReset, false, Ioctl(caller, IoctlNumber.SCIORESET, at)),
        };
        Pair(() =>
        {
            var known = _oracle.Functions.Count;
            _oracle.Clear(operation, at, ending, ofTaskSet);
            return _oracle.Functions[known..];
        });
    }

    private void Expire()
    {
        _rig.Loop.Pump();
        _rig.Loop.Advance(TimeSpan.FromSeconds(2));
        Pair(_oracle.Expire);
    }

    // What the oracle says is asked of the targets now must be what the transport has been asked, of the same devices.
    private void Pair(Func<IReadOnlyList<QueueOracle.Function>> asks)
    {
        _rig.Loop.Pump();
        var asked = asks();
        var seen = _rig.Transport.Functions.Skip(_functionsSeen).ToList();
        _functionsSeen = _rig.Transport.Functions.Count;
        Assert.Equal(asked.Count, seen.Count);
        foreach (var function in asked)
        {
            var (id, lun) = ((ulong)function.Origin.Id, Lun.FromNumber(function.Origin.Lun));
            var one = Assert.Single(seen, candidate => candidate.ScsiId == id && candidate.Lun == lun);
            Assert.Equal(NameOf(function), one.Function);
            _functions.Add(function, one);
        }
    }

    private static TaskManagementFunction NameOf(QueueOracle.Function function) => function.Ending switch
    {
        QueueOracle.Ending.Abort when function.Only is not null => TaskManagementFunction.AbortTask,
        QueueOracle.Ending.Abort => TaskManagementFunction.AbortTaskSet,
        QueueOracle.Ending.LunReset => TaskManagementFunction.LogicalUnitReset,
        QueueOracle.Ending.TargetReset => TaskManagementFunction.TargetWarmReset,
        _ => TaskManagementFunction.ItNexusReset,
    };

    private void Stop(AdapterFile caller, IdLun at)
    {
        // Where nothing is outstanding, the queue is gone before its trail can be read.
        if (_oracle.PhaseOf(at) is { } phase)
            Met.Add((Enum.Parse<DeviceQueueState>(phase.ToString()), DeviceQueueEvent.Stop));
        _oracle.Stop(Ioctl(caller, IoctlNumber.SCIOSTOP, at), at);
    }

    private void Register(AdapterFile caller, IdLun at)
    {
        var operation = Ioctl(caller, IoctlNumber.SCIOEVENT, new EventRequest
        {
            ScsiId = at.ScsiId,
            LunId = Lun.FromNumber(at.LunId).Wire,
            Handler = _ => _events++,
        });
        if (caller.Caller.IsKernel) _oracle.Register(operation, at, caller);
        else _oracle.Answered[operation] = Errno.EPERM;
    }

    private void AskForWhatMayNotBe(AdapterFile caller, IdLun at)
    {
        // A process may not have target mode; this adapter has none for a kernel extension either.
        var start = Ioctl(caller, IoctlNumber.SCIOSTARTTGT, new StartTargetRequest { ScsiId = at.ScsiId });
        _oracle.Answered[start] = caller.Caller.IsKernel ? Errno.ENXIO : Errno.EPERM;
        _oracle.Answered[Ioctl(caller, IoctlNumber.SCIODIAG, new ScCardDiag())] = Errno.EACCES;
        _oracle.Answered[Ioctl(caller, IoctlNumber.SCIOSTART, new IdLun(7, 0))] = Errno.EINVAL;
    }

    // What a caller has started stays started; what it has sent comes back all the same; what it registered is over.
    private void Reopen(AdapterFile caller)
    {
        caller.Dispose();
        _oracle.Close(caller);
        _oracle.Answered[Ioctl(caller, IoctlNumber.SCIOHALT, s_devices[0])] = Errno.EINVAL;
        Assert.Equal(Errno.EINVAL, caller.Strategy(new ScBuf()));
        _callers[_callers.IndexOf(caller)] = Open(caller.Caller);
    }

    // --- The comparison ---------------------------------------------------------------------------------------------

    private void Compare(string where)
    {
        var returned = _rig.Returned.Skip(_compared).Select(structure => new Back(_numbers[structure],
            structure.Bufstruct.Error, structure.QueueStatus == AdapterQueueStatus.DidNotClear));
        AssertSame(_oracle.Returned.Skip(_compared), returned, where + ", what came back");
        _compared = _oracle.Returned.Count;
        AssertSame(_oracle.AtDevices.Select(at => at.Sent.Number),
            _rig.Transport.Commands.Select(command => _commands[command]), where + ", what is at the devices");
        foreach (var operation in _open)
        {
            var expected = _oracle.Answered.TryGetValue(operation, out var errno) ? errno : (Errno?)null;
            var answer = _operations[operation] is { IsCompleted: true } ended ? ScriptedRig.Now(ended) : (Errno?)null;
            Assert.True(expected == answer, $"{where}, operation {operation}: {expected} wanted, {answer} answered");
        }
        _open.RemoveAll(operation => _operations[operation].IsCompleted);
        Assert.True(_oracle.Events == _events, where + ", events");
        foreach (var device in s_devices.Distinct()) Note(device);
    }

    private void Note(IdLun device)
    {
        var status = _rig.Adapter.DescribeAsync(device.ScsiId, Lun.FromNumber(device.LunId));
        _rig.Loop.Pump();
        // A queue that has drained is gone, and its trail with it.
        if (ScriptedRig.Now(status) is not { } now) Met.Add((DeviceQueueState.Stopping, DeviceQueueEvent.Drained));
        else Met.UnionWith(now.Trail.Select(entry => (entry.Transition.State, entry.Transition.On)));
    }

    private static void AssertSame<T>(IEnumerable<T> expected, IEnumerable<T> actual, string where)
    {
        var wanted = expected.ToList();
        var were = actual.ToList();
        if (wanted.SequenceEqual(were)) return;
        var same = wanted.Zip(were).TakeWhile(pair => Equals(pair.First, pair.Second)).Count();
        Assert.Fail($"{where}, from the {same}. on: wanted {string.Join(", ", wanted.Skip(same))}; "
            + $"were {string.Join(", ", were.Skip(same))}");
    }
}
