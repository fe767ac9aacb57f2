using Lunette.Daemon.Starting;
using Lunette.Runtime;

CoreFiles.Forbid();
return await ServeCommand.RunAsync(args, Console.Out, Console.Error);
