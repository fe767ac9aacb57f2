using System.Collections.Concurrent;
using System.Net;
using Lunette.Admin.Contracts;
using Lunette.Daemon;
using Lunette.Daemon.Starting;
using Lunette.Iscsi;
using Lunette.Testing.Iscsi;
using Microsoft.Extensions.Logging;

namespace Lunette.EndToEnd;

/// <summary>Everything a daemon is made of, in this process, with its log kept.</summary>
internal sealed class SystemOfTest : ILoggerFactory, ILogger, IAsyncDisposable
{
    private readonly List<SocketInitiator> _initiators = [];
    private TargetSystem _system = null!;

    public ILunetteAdmin Admin => _system.Admin;

    /// <summary>What was logged.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    public string Target { get; private set; } = "";

    public StmfGuid Unit { get; private set; }

    public static async Task<SystemOfTest> StartAsync(string home, IEnumerable<(string Name, int Value)> limits)
    {
        var options = new ServeOptions
        {
            Home = new LunetteHome(home),
            Portals = [new(IPAddress.Loopback, 0)],
            Loops = 1,
            FirstDiskBytes = 64 << 20,
            StopDeadline = TimeSpan.FromSeconds(1),
        };
        foreach (var (name, value) in limits)
            options = ServeLimit.All.Single(limit => limit.Name == name).With(options, value);
        var system = new SystemOfTest();
        system._system = await TargetSystem.StartAsync(options, system);
        system.Target = (await system.Admin.GetTargetListAsync()).Required.Single().Name;
        system.Unit = (await system.Admin.GetLogicalUnitListAsync()).Required.Single();
        return system;
    }

    /// <summary>A connection that has said nothing yet.</summary>
    public async Task<SocketInitiator> ConnectAsync()
    {
        var initiator = await SocketInitiator.ConnectAsync(_system.Portals[0]);
        _initiators.Add(initiator);
        return initiator;
    }

    public InitiatorLoginSettings Settings(string name) => SocketInitiator.Settings(name, target: Target);

    /// <summary>A session, past its first unit attention.</summary>
    public async Task<SocketInitiator> LogInAsync(string name = "host")
    {
        var initiator = await ConnectAsync();
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(Settings(name)));
        await initiator.SettleAsync();
        return initiator;
    }

    public async ValueTask DisposeAsync()
    {
        await Admin.ClearFaultsAsync(Unit);
        foreach (var initiator in _initiators) initiator.Dispose();
        await _system.DisposeAsync();
    }

    void IDisposable.Dispose()
    {
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => Said.Enqueue(formatter(state, exception));
}
