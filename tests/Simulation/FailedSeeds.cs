namespace Lunette.Simulation;

/// <summary>
/// Seeds that found something once; they always run. What a seed does changes with the simulation, so the defect's own
/// test stands with the product; here it is a second look at where one was.
/// </summary>
internal static class FailedSeeds
{
    public static IReadOnlyList<int> All { get; } =
    [
        2,      // two nodes told each other what they are without end
        7,      // the end of a nexus of another node was told to one of its logical units alone
        9,      // a command whose data digest was wrong left a gap in the numbers, and its session hung for ever
        50,     // a disk that could not go offline in time counted as online and served nobody
        124,    // a task whose abort had been rejected ended without an answer
        769,    // a session that was reinstated while its login completed kept its handle for ever
    ];
}
