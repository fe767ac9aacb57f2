using Lunette.Adapter.Arguments;

namespace Lunette.Adapter.Tests;

/// <content>What ends commands at the devices: halts, resets, time-outs, and how targets answer them.</content>
internal sealed partial class QueueOracle
{
    /// <summary>What a target is asked to end commands with.</summary>
    public enum Ending
    {
        Abort,
        LunReset,
        TargetReset,
        BusReset,
    }

    /// <summary>One that the target has not answered yet; of no operation where a time-out asked for it.</summary>
    public sealed record Function(int? Operation, Ending Ending, Sent? Only, List<Device> Scope, List<Device> Swept)
    {
        public Device Origin => Scope[0];

        public bool IsOfTheTarget => Ending is Ending.TargetReset or Ending.BusReset;
    }

    public void Clear(int operation, IdLun at, Ending ending, bool ofTaskSet)
    {
        if (Find(at) is not { } device)
        {
            Answered[operation] = Errno.EINVAL;
            return;
        }
        if (device.Phase == Phase.Stopping)
        {
            Answered[operation] = Errno.EIO;        // already stopping
            return;
        }
        var only = ending == Ending.Abort && !ofTaskSet && device.Active.Count == 1 ? device.Active[0] : null;
        Begin(operation, ending, only, [device]);
    }

    /// <summary>Time passes: more than any command has that has a limit.</summary>
    /// <returns>What the targets are asked to do for it.</returns>
    public IReadOnlyList<Function> Expire()
    {
        var before = Functions.Count;
        var late = AtDevices.Where(at => at.Sent is { HasTimeout: true, TimedOut: false }).ToArray();
        foreach (var (device, sent) in late)
        {
            sent.TimedOut = true;
            // What ends this device's commands already ends this one too.
            if (device.Clearings == 0) Begin(null, Ending.Abort, only: null, [device]);
        }
        return Functions[before..];
    }

    public void Complete(Function function)
    {
        Functions.Remove(function);
        foreach (var (device, sent) in AtDevices.Where(at => Covers(function, at.Device, at.Sent)).ToArray())
            Abort(device, sent);
        if (function.IsOfTheTarget) Tell(function.Origin.Id);
        End(function, Errno.None);
    }

    /// <summary>It could not be asked for, or is of no use: what is at the devices stays there.</summary>
    public void Fail(Function function, Errno error)
    {
        Functions.Remove(function);
        if (error == Errno.EIO) Tell(function.Origin.Id);      // a command of the adapter itself has failed
        End(function, error);
    }

    /// <summary>The target will not: the next stronger step, if there is one.</summary>
    public Function? Refuse(Function function)
    {
        if (function.Ending == Ending.BusReset)
        {
            Fail(function, Errno.EIO);
            return null;
        }
        Functions.Remove(function);
        if (function.Ending == Ending.Abort && function.Origin.Active.Count == 0)
        {
            End(function, Errno.None);          // it had nothing to end
            return null;
        }
        var next = function.Ending == Ending.LunReset ? Ending.TargetReset : Ending.BusReset;
        return Begin(function.Operation, next, null, function.Scope, isBegun: true);
    }

    private Function Begin(int? operation, Ending ending, Sent? only, List<Device> scope, bool isBegun = false)
    {
        var origin = scope[0];
        if (!isBegun) Cover(origin);
        var function = new Function(operation, ending, only, scope, []);
        Functions.Add(function);
        if (!function.IsOfTheTarget) return function;
        foreach (var other in _devices.Values.Where(other => other.Id == origin.Id))
        {
            // A bus reset of one device's recovery sweeps those that nobody recovers.
            if (ending == Ending.BusReset && !Functions.Exists(running => running.Origin == other))
            {
                other.Sweeps++;
                function.Swept.Add(other);
            }
            if (scope.Contains(other)) continue;
            Cover(other);
            scope.Add(other);
        }
        return function;
    }

    private static void Cover(Device device)
    {
        device.Clearings++;
        device.Recovery = null;
        if (device.Phase != Phase.Stopping) device.Phase = Phase.Clearing;
    }

    private void End(Function function, Errno answer)
    {
        foreach (var device in function.Swept) device.Sweeps--;
        foreach (var device in function.Scope)
        {
            if (--device.Clearings == 0)
            {
                if (device.Phase == Phase.Clearing) device.Phase = Phase.Halted;
                Flush(device);
            }
            Pump(device);
        }
        if (function.Operation is { } operation) Answered[operation] = answer;
    }

    private void Tell(byte id) =>
        Events += _devices.Values.Count(device => device.Id == id && device.Listener is not null);

    private static bool Covers(Function function, Device device, Sent sent)
    {
        if (function.Only is { } only) return only == sent;
        var origin = function.Origin;
        return device.Id == origin.Id && (function.IsOfTheTarget || device.Lun == origin.Lun);
    }

    private void Abort(Device device, Sent sent)
    {
        if (device.Clearings == 0)
        {
            Lose(device, sent);         // a reset that this device's session did not ask for
            return;
        }
        Take(device, sent);
        Return(sent, sent.TimedOut || device.Sweeps > 0 ? Errno.EIO : Errno.ENXIO);
        if (device.Phase == Phase.Stopping) Flush(device);
        Pump(device);
    }
}
