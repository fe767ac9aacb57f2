using Lunette.Adapter.Virtual;
using Lunette.Admin.Adapters;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Stmf;
using StmfStatus = Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Daemon.Adapters;

/// <summary>
/// Target ports inside the daemon, for adapters on the virtual transport. A port is there as long as an adapter is
/// bound
/// to its name; views and groups apply to it as to any other.
/// </summary>
internal sealed class VirtualPorts(StmfFramework framework, BufferPool buffers)
{
    // Changed by one verb at a time: the host of the adapters sees to that.
    private readonly Dictionary<string, (VirtualTargetPort Port, int Users)> _ports = new(StringComparer.Ordinal);

    public async ValueTask<Admin.Contracts.StmfResult<OpenedTransport>> OpenAsync(
        AdapterDefinition definition, Loop loop)
    {
        var taken = new List<VirtualBinding>();
        foreach (var target in definition.Targets)
        {
            var port = await TakeAsync(target.Address);
            if (!port.Succeeded)
            {
                await GiveBackAsync(taken);
                return port.WithoutValue;
            }
            taken.Add(new VirtualBinding(target.ScsiId, framework, port.Value!));
        }
        var processor = new AdapterProcessor(framework, definition);
        var transport = new VirtualTransport(definition.InitiatorName, taken, buffers, processor.Names);
        return new OpenedTransport(transport, loop, CloseAsync) { TargetSide = processor.Side };

        async ValueTask CloseAsync()
        {
            await processor.CloseAsync();
            await GiveBackAsync(taken);
        }
    }

    private async ValueTask<Admin.Contracts.StmfResult<VirtualTargetPort>> TakeAsync(string name)
    {
        if (!_ports.TryGetValue(name, out var known))
        {
            known = (new VirtualTargetPort(name), 0);
            var registered = await framework.RegisterTargetPortAsync(known.Port);
            if (!registered.Succeeded) return new Admin.Contracts.StmfResult(StmfStatus.Error, registered.ToString());
            await framework.WaitForTargetAsync(name, online: true);
        }
        _ports[name] = known with { Users = known.Users + 1 };
        return known.Port;
    }

    private async ValueTask GiveBackAsync(IEnumerable<VirtualBinding> taken)
    {
        foreach (var (_, _, port) in taken)
        {
            var (_, users) = _ports[port.Name];
            _ports[port.Name] = (port, users - 1);
            if (users > 1) continue;
            _ports.Remove(port.Name);
            if (framework.OfflineTarget(port.Name, cause: "its adapter was removed").Succeeded)
                await framework.WaitForTargetAsync(port.Name, online: false);
            framework.DeregisterTargetPort(port.Name);
        }
    }
}
