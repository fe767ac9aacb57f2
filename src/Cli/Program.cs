using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Cli;

// Installed under its own name, a command is what it is called; from the tree it is the first word.
var called = Environment.GetEnvironmentVariable("LUNETTE_CALLED") is { Length: > 0 } named
    ? named
    : Environment.GetCommandLineArgs()[0];
var name = Path.GetFileNameWithoutExtension(called);
var terminal = new Terminal(Console.Out, Console.Error, SecretPrompt.Read, TimeProvider.System)
{
    Program = name == CommandLine.Name ? called : CommandLine.Name,
    IsScreen = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb"),
    ScreenLines = () => Console.WindowHeight,
    HasColors = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
    ShowsProgress = !Console.IsErrorRedirected,
    AskLine = SecretPrompt.ReadLine,
};
return await CommandLine.RunAsync(name, args, terminal, home =>
    home is null && Environment.GetEnvironmentVariable(LunetteHome.SocketVariable) is { Length: > 0 } socket
        ? RemoteAdmin.OverUnixSocket(socket)
        : RemoteAdmin.OfHome(LunetteHome.ForCommands(home, Environment.GetEnvironmentVariable, File.Exists)));
