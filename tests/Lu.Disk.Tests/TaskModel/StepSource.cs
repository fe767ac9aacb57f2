using Lunette.Scsi;
using Lunette.Testing.Reservations;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <summary>Draws steps by seed; it looks at the oracle, so that what is rare by itself happens often enough.</summary>
internal sealed class StepSource(int seed, int hosts)
{
    private static readonly TaskManagementFunction[] s_functions =
        [.. Enum.GetValues<TaskManagementFunction>(), TaskManagementFunction.AbortTask];

    private readonly Random _random = new(seed);

    public ModelStep Draw(TaskOracle oracle)
    {
        var host = _random.Next(hosts);
        var busy = oracle.Set.Count;
        if (_random.Next(100) < (busy > 9 ? 60 : 25))
        {
            var deed = _random.Next(12) switch
            {
                0 => Deed.FailInMedium,
                < 4 => Deed.DeliverData,
                _ => Deed.EndInMedium,
            };
            return new ModelStep(deed, host) { Index = _random.Next(64) };
        }
        // Allegiances are ended soon, or little else is to be seen.
        if (oracle.IsFaulted(host) && _random.Next(3) == 0) return Manage(host, TaskManagementFunction.ClearAca);
        if (_random.Next(40) == 0) return new ModelStep(Deed.CapacityChanges, host);
        if (_random.Next(8) == 0) return Manage(host, s_functions[_random.Next(s_functions.Length)]);
        return Command(oracle, host);
    }

    private ModelStep Manage(int host, TaskManagementFunction function) =>
        new(Deed.Manage, host) { Function = function, Index = _random.Next(64) };

    private ModelStep Command(TaskOracle oracle, int host)
    {
        var deed = _random.Next(20) switch
        {
            < 4 => Deed.Read,
            < 7 => Deed.Write,
            7 => Deed.WriteAskedFor,
            8 => Deed.ReadPastTheEnd,
            9 => Deed.TestUnitReady,
            10 => Deed.Inquiry,
            11 or 12 => Deed.RequestSense,
            13 => Deed.StrayBit,
            14 => Deed.ModeSelect,
            15 => _random.Next(2) == 0 ? Deed.Reserve : Deed.Release,
            _ => Deed.PersistentReserveOut,
        };
        if (oracle.Owes(host) && _random.Next(3) == 0) deed = Deed.RequestSense;
        return new ModelStep(deed, host)
        {
            Attribute = Attribute(oracle, host),
            Naca = _random.Next(8) == 0,
            Priority = (byte)_random.Next(16),
            Control = deed == Deed.ModeSelect ? ControlFields.Draw(_random, oracle.Control) : null,
            Wish = deed == Deed.PersistentReserveOut
                ? ReservationWish.Draw(_random, oracle.Reservations.Keys[host], hosts)
                : null,
        };
    }

    private TaskAttribute Attribute(TaskOracle oracle, int host)
    {
        if (oracle.IsFaulted(host) ? _random.Next(2) == 0 : _random.Next(30) == 0) return TaskAttribute.Aca;
        return _random.Next(8) switch
        {
            0 => TaskAttribute.Ordered,
            1 => TaskAttribute.HeadOfQueue,
            _ => TaskAttribute.Simple,
        };
    }
}
