using Lunette.Lu.Disk;
using Lunette.Target.Iscsi;

namespace Lunette.Testing.Wire;

/// <summary>Our own target, in this process.</summary>
public sealed class LunetteTarget : IWireTarget
{
    private readonly IscsiTarget _target;

    private LunetteTarget(IscsiTarget target) => _target = target;

    public int Port => _target.EndPoint.Port;

    public int LunNumber => 0;

    public static async Task<LunetteTarget> StartAsync(WireSecrets? secrets)
    {
        var options = new IscsiTargetOptions
        {
            Name = IWireTarget.Name,
            Initiator = secrets?.Host,
            Target = secrets?.Disk,
        };
        return new(await IscsiTarget.StartAsync(options, [DiskUnit.InMemory(IWireTarget.LengthBytes)]));
    }

    public ValueTask DisposeAsync() => _target.DisposeAsync();
}
