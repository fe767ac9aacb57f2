namespace Lunette.Simulation.World;

/// <summary>What a seed has chosen: how much there is of everything, and which faults are drawn.</summary>
internal sealed record Scenario
{
    public required int Seed { get; init; }

    public required TimeSpan Length { get; init; }

    public required int Hosts { get; init; }

    public required int Applications { get; init; }

    public required int Units { get; init; }

    public required int Targets { get; init; }

    /// <summary>Commands lost with a connection are sent again by the initiator.</summary>
    public required bool Replays { get; init; }

    public required bool Digests { get; init; }

    public required bool WriteCacheDisabled { get; init; }

    public required bool NetworkFaults { get; init; }

    public required bool DiskFaults { get; init; }

    public required bool PowerLosses { get; init; }

    public required bool Administration { get; init; }

    public required bool TaskManagement { get; init; }

    public required bool Reservations { get; init; }

    public required bool SmallBursts { get; init; }

    /// <summary>Bits turn on their way, where digests show it.</summary>
    public bool Corruption { get; init; }

    /// <summary>PDUs come again.</summary>
    public bool Duplicates { get; init; }

    /// <summary>The clocks that people read are set, forwards and backwards.</summary>
    public bool ClockSteps { get; init; }

    /// <summary>Machines run out of buffers for a while.</summary>
    public bool Shortages { get; init; }

    /// <summary>Each target has two portals, of which one is dead at any time.</summary>
    public bool Failover { get; init; }

    /// <summary>Two nodes with a door between them share the disks.</summary>
    public bool TwoNodes { get; init; }

    /// <summary>How many machines there are that serve.</summary>
    public int Nodes => TwoNodes ? 2 : 1;

    /// <summary>Commands a host has on the way at most.</summary>
    public int QueueDepth { get; init; } = 32;

    /// <summary>What a seed means, for runs of a length.</summary>
    public static Scenario Of(int seed, TimeSpan length)
    {
        var random = new Random(seed);
        bool Half() => random.Next(2) == 0;
        bool Third() => random.Next(3) == 0;
        var scenario = new Scenario
        {
            Seed = seed,
            Length = length,
            Hosts = random.Next(1, 4),
            Applications = random.Next(1, 5),
            Units = random.Next(1, 4),
            Targets = random.Next(1, 3),
            Replays = Half(),
            Digests = Half(),
            WriteCacheDisabled = random.Next(4) == 0,
            NetworkFaults = Half(),
            DiskFaults = Half(),
            PowerLosses = Half(),
            Administration = Half(),
            TaskManagement = Half(),
            Reservations = Half(),
            SmallBursts = Half(),
        };
        scenario = scenario with
        {
            Corruption = Third() && scenario.Digests,
            Duplicates = Third(),
            ClockSteps = Third(),
            Shortages = Third(),
            Failover = Third(),
        };
        return Third() ? scenario.WithTwoNodes(replays: scenario.Replays && Third()) : scenario;
    }

    /// <summary>
    /// The same with two nodes. Registrations are of one nexus, and hosts go from one to the other.
    /// </summary>
    private Scenario WithTwoNodes(bool replays) =>
        this with { TwoNodes = true, Replays = replays, Reservations = false };
}
