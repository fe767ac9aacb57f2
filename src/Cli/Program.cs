using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Cli;

var terminal = new Terminal(Console.Out, Console.Error, SecretPrompt.Read, TimeProvider.System)
{
    ShowsProgress = !Console.IsErrorRedirected,
    AskLine = SecretPrompt.ReadLine,
};
// Installed under its own name, a command is what it is called; from the tree it is the first word.
var called = Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]);
return await CommandLine.RunAsync(called, args, terminal, home =>
    home is null && Environment.GetEnvironmentVariable(LunetteHome.SocketVariable) is { Length: > 0 } socket
        ? RemoteAdmin.OverUnixSocket(socket)
        : RemoteAdmin.OfHome(LunetteHome.ForCommands(
            home, Environment.GetEnvironmentVariable, File.Exists)));
