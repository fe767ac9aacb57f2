using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lunette.Adapter;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.TargetMode;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;

namespace Lunette.Admin.Adapters;

/// <summary>An adapter's own target side, as its transport made it.</summary>
/// <param name="Senders">SCSI IDs by initiator name: who is listened to.</param>
/// <param name="OpenAsync">Makes the processor device that initiators SEND to; nothing where it is there.</param>
public sealed record AdapterTargetSide(
    ConcurrentDictionary<string, ulong> Senders, Func<ValueTask<StmfResult>> OpenAsync);

/// <summary>Who may send to an adapter, and what has come.</summary>
internal sealed class AdapterTargetMode(ScsiAdapter adapter, AdapterTargetSide side) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private ImmutableSortedDictionary<ulong, (string Sender, TargetModeDevice Device)> _started =
        ImmutableSortedDictionary<ulong, (string, TargetModeDevice)>.Empty;

    public bool IsInUse => !_started.IsEmpty;

    public void Dispose() => _changing.Dispose();

    public IEnumerable<AdapterDevice> Describe() => _started.Select(path => new AdapterDevice(
        path.Key, 0, "Receiving", path.Value.Device.Waiting, 0,
        [$"{path.Value.Sender}: {path.Value.Device.Received} SENDs came"]));

    public async Task<StmfResult<AdapterAnswer>> OperateAsync(AdapterOperationArguments said)
    {
        await _changing.WaitAsync();
        try
        {
            return said.Operation switch
            {
                AdapterOperationType.StartTarget => await StartAsync(said),
                AdapterOperationType.StopTarget => await StopAsync(said.ScsiId),
                _ => Receive(said.ScsiId),
            };
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<StmfResult<AdapterAnswer>> StartAsync(AdapterOperationArguments said)
    {
        if (string.IsNullOrEmpty(said.Sender)) return Wrong("say who sends: an initiator's name");
        if (side.Senders.ContainsKey(said.Sender)) return Wrong($"{said.Sender} sends to this adapter already");
        var opened = await side.OpenAsync();
        if (!opened.Succeeded) return opened;
        var (error, device) = await TargetModeDevice.StartAsync(adapter, said.ScsiId);
        if (device is not null)
        {
            side.Senders[said.Sender] = said.ScsiId;
            _started = _started.SetItem(said.ScsiId, (said.Sender, device));
        }
        return AdapterAnswers.Of(error, IoctlNumber.SCIOSTARTTGT);
    }

    private async Task<StmfResult<AdapterAnswer>> StopAsync(ulong scsiId)
    {
        if (!_started.TryGetValue(scsiId, out var path)) return NotStarted(IoctlNumber.SCIOSTOPTGT);
        side.Senders.TryRemove(path.Sender, out _);
        _started = _started.Remove(scsiId);
        return AdapterAnswers.Of(await path.Device.StopAsync(), IoctlNumber.SCIOSTOPTGT);
    }

    private StmfResult<AdapterAnswer> Receive(ulong scsiId)
    {
        if (!_started.TryGetValue(scsiId, out var path)) return NotStarted(IoctlNumber.SCIOSTARTTGT);
        var (error, data) = path.Device.Read();
        return AdapterAnswers.Of(error, IoctlNumber.SCIOSTOPTGT) with { Data = data ?? [] };
    }

    private static StmfResult<AdapterAnswer> NotStarted(int operation) =>
        AdapterAnswers.Of(Errno.EINVAL, operation) with { Meaning = "nobody with this SCSI ID may send" };

    private static StmfResult Wrong(string why) => new(StmfStatus.InvalidArg, why);
}
