using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Cli;

var terminal = new Terminal(Console.Out, Console.Error, SecretPrompt.Read, TimeProvider.System)
{
    ShowsProgress = !Console.IsErrorRedirected,
};
// Installed under its own name, a command is what it is called; from the tree it is the first word.
var called = Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]);
return await CommandLine.RunAsync(called, args, terminal, option =>
{
    var home = LunetteHome.ForCommands(option, Environment.GetEnvironmentVariable, File.Exists);
    return RemoteAdmin.OverUnixSocket(home.SocketPath);
});
