using Lunette.Daemon.Starting;

return await ServeCommand.RunAsync(args, Console.Out, Console.Error);
