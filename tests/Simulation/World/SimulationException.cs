namespace Lunette.Simulation.World;

/// <summary>Something the simulation looks for has happened.</summary>
public sealed class SimulationException : Exception
{
    /// <summary>Names what it was.</summary>
    public SimulationException(string what) : base(what)
    {
    }

    /// <summary>Fails unless it holds.</summary>
    public static void Unless(bool holds, string otherwise)
    {
        if (!holds) throw new SimulationException(otherwise);
    }
}
