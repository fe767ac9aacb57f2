using Lunette.Simulation;

// sim ...: by hand (./dev sim). Anything else is the test runner's.
return args switch
{
    ["sim", .. var rest] => SimulationCommand.Run(rest),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
