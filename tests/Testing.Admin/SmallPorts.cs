using Lunette.Admin.Iscsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Testing.Admin;

/// <summary>Target ports without a wire.</summary>
public sealed class SmallPorts : IIscsiPortProvider
{
    /// <summary>What the next transitions wait for; null for nothing.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public TargetPort Create(IscsiTargetDefinition target) => new SmallPort(this, target);

    public void Change(TargetPort port, IscsiTargetDefinition target) => ((SmallPort)port).Definition = target;

    public ValueTask CloseAsync(TargetPort port) => default;

    private sealed class SmallPort(SmallPorts ports, IscsiTargetDefinition definition) : TargetPort
    {
        public IscsiTargetDefinition Definition { get; set; } = definition;

        public override string Name => Definition.Name;

        public override string PortName => Definition.Name + ",t,0x0001";

        public override string Alias => Definition.Alias;

        public override string ProviderName => IscsitProvider.Name;

        public override byte ProtocolIdentifier => 5;

        public override async ValueTask<ControlResult> OnlineAsync(CancellationToken stop)
        {
            if (ports.Hold is { } hold) await hold.Task.WaitAsync(stop);
            return ControlResult.Success;
        }

        public override async ValueTask<ControlResult> OfflineAsync(TimeSpan deadline, CancellationToken stop)
        {
            if (ports.Hold is { } hold) await hold.Task.WaitAsync(stop);
            return ControlResult.Success;
        }
    }
}
