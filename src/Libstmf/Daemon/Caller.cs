using System.Diagnostics;
using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;

namespace Lunette.Libstmf.Daemon;

/// <summary>
/// One call of a C function. Each makes its own connection, as the original opened its device for each: so threads do
/// not wait for each other, and a child of a fork shares nothing with its parent.
/// </summary>
internal static class Caller
{
    /// <summary>Seconds a call may take.</summary>
    public const string TimeoutVariable = "LUNETTE_TIMEOUT";

    private const int TimeoutSeconds = 60;
    private const int TimeoutSecondsMax = 3600;

    [ThreadStatic]
    private static string? t_detail;

    /// <summary>What is known of the calling thread's last failure beyond its code; empty after a success.</summary>
    public static string Detail => t_detail ?? "";

    /// <summary>Carries a function out and answers with its code. Nothing thrown reaches the C program.</summary>
    public static int Run(Func<StmfResult> function)
    {
        StmfResult result;
        try
        {
            result = function();
        }
        catch (OutOfMemoryException)
        {
            result = StmfStatus.NoMem;
        }
        catch (Exception bug)
        {
            result = new(StmfStatus.Error, bug.Message);
        }
        t_detail = result.Succeeded ? null : result.ToString();
        return (int)result.Status;
    }

    /// <summary>Asks the daemon.</summary>
    public static StmfResult Ask(Func<ILunetteAdmin, ValueTask<StmfResult>> verb) =>
        Ask(async stmf =>
        {
            var result = await verb(stmf).ConfigureAwait(false);
            return new StmfResult<bool>(result.Status, result.Succeeded, result.Detail);
        }).WithoutValue;

    /// <summary>Asks the daemon for something.</summary>
    public static StmfResult<T> Ask<T>(Func<ILunetteAdmin, ValueTask<StmfResult<T>>> verb)
    {
        var daemon = new RemoteAdmin(static () => new(Connect(Patience())));
        var call = verb(daemon);
        // Every step waits in this thread (DaemonStream), so a call that has returned has ended.
        if (!call.IsCompleted) throw new UnreachableException("a call that waits elsewhere");
        var result = call.GetAwaiter().GetResult();
        var closed = daemon.DisposeAsync();
        if (!closed.IsCompleted) throw new UnreachableException("a connection that closes elsewhere");
        closed.GetAwaiter().GetResult();
        return result;
    }

    private static StmfResult<Stream> Connect(TimeSpan patience)
    {
        if (Environment.GetEnvironmentVariable(LunetteHome.SocketVariable) is { Length: > 0 } named)
            return DaemonStream.Connect(named, patience);
        var home = LunetteHome.ForCommands(option: null, Environment.GetEnvironmentVariable, File.Exists);
        var administering = DaemonStream.Connect(home.SocketPath, patience);
        if (administering.Status != StmfStatus.Perm) return administering;
        var observing = DaemonStream.Connect(home.ObserverSocketPath, patience);
        return observing.Succeeded ? observing : administering;
    }

    private static TimeSpan Patience() => TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable(TimeoutVariable), NumberStyles.None,
            CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= TimeoutSecondsMax
            ? seconds
            : TimeoutSeconds);
}
