using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lunette.Adapter.TargetMode;
using Lunette.Adapter.Transports;
using Lunette.Admin.Adapters;
using Lunette.DeviceServer;
using Lunette.Lu.Processor;
using Lunette.Stmf;
using Lunette.Stmf.Contracts;
using StmfResult = Lunette.Admin.Contracts.StmfResult;
using StmfStatus = Lunette.Admin.Contracts.StmfStatus;

namespace Lunette.Daemon.Adapters;

/// <summary>
/// What initiators SEND to when an adapter is in target mode: a processor device of the framework, there from the first
/// sender on for as long as the adapter is. Its identity comes from the adapter's name: so its views find it again.
/// </summary>
internal sealed class AdapterProcessor
{
    private readonly StmfFramework _framework;
    private readonly string _alias;
    private readonly LogicalUnitId _id;
    private readonly ConcurrentDictionary<string, ulong> _senders = new(StringComparer.Ordinal);
    private bool _registered;

    public AdapterProcessor(StmfFramework framework, AdapterDefinition definition)
    {
        _framework = framework;
        _alias = definition.Name;
        var name = SHA256.HashData(Encoding.UTF8.GetBytes("target mode of " + definition.InitiatorName));
        _id = new LogicalUnitId(0x6024C55000000000, BinaryPrimitives.ReadUInt64BigEndian(name));
        Names = new SenderNames(_senders);
        Side = new AdapterTargetSide(_senders, OpenAsync);
    }

    public SenderNames Names { get; }

    public AdapterTargetSide Side { get; }

    public async ValueTask CloseAsync()
    {
        if (!_registered) return;
        if (_framework.OfflineLogicalUnit(_id, cause: "its adapter was removed").Succeeded)
            await _framework.WaitForLogicalUnitAsync(_id, online: false);
        _framework.DeregisterLogicalUnit(_id);
    }

    private async ValueTask<StmfResult> OpenAsync()
    {
        if (_registered) return StmfResult.Success;
        var unit = new ProcessorUnit(new UnitOptions { Id = _id, Alias = _alias }, Receive);
        var registered = _framework.RegisterLogicalUnit(unit);
        if (!registered.Succeeded) return new(StmfStatus.Error, registered.ToString());
        _registered = true;
        await _framework.WaitForLogicalUnitAsync(_id, online: true);
        return StmfResult.Success;
    }

    private SendReception Receive(string initiator, ReadOnlySpan<byte> data) => Names.Receive(initiator, data) switch
    {
        TargetModeReception.Received => SendReception.Received,
        TargetModeReception.HeldBack => SendReception.HeldBack,
        TargetModeReception.TooLong => SendReception.TooLong,
        _ => SendReception.NobodyListens,
    };
}
