using Lunette.Fuzz.Engine;

// fuzz ...: by hand (./dev fuzz). woven ...: its child, over instrumented assemblies. Anything else is the test
// runner's.
return args switch
{
    ["fuzz", .. var rest] => FuzzCommand.Run(rest),
    ["woven", .. var rest] => FuzzCommand.RunWoven(rest),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
