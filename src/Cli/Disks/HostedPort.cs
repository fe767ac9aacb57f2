using Lunette.Admin.Contracts.Adapters;
using Lunette.Cli.Adapters;

namespace Lunette.Cli.Disks;

/// <summary>
/// A device of an adapter that the daemon hosts. It is started for the command where nobody has, and stopped after it.
/// </summary>
internal sealed class HostedPort : IScsiPort
{
    private readonly IAdapters _adapters;
    private readonly DeviceLocation.Hosted _at;
    private readonly bool _isMine;

    private HostedPort(IAdapters adapters, DeviceLocation.Hosted at, bool isMine)
    {
        _adapters = adapters;
        _at = at;
        _isMine = isMine;
    }

    public int DataLengthMax => AdapterCommandArguments.DataLengthMax;

    /// <summary>Starts the device where nobody has.</summary>
    /// <exception cref="DiskCommandException">There is no such adapter.</exception>
    public static async Task<HostedPort> OpenAsync(IAdapters adapters, DeviceLocation.Hosted at)
    {
        var started = await adapters.OperateAdapterAsync(
            new(at.Adapter, AdapterOperationType.Start, at.ScsiId, at.Lun));
        return started.Succeeded
            ? new(adapters, at, started.Value!.Succeeded)
            : throw new DiskCommandException(started.ToString());
    }

    public async ValueTask<PortAnswer> ExecuteAsync(byte[] cdb, int dataInLength = 0, byte[]? dataOut = null)
    {
        var answer = await _adapters.SendAdapterCommandAsync(new()
        {
            Adapter = _at.Adapter,
            ScsiId = _at.ScsiId,
            Lun = _at.Lun,
            Cdb = cdb,
            DataInLength = dataInLength,
            DataOut = dataOut ?? [],
        });
        if (!answer.Succeeded) throw new DiskCommandException(answer.ToString());
        var value = answer.Value!;
        return new(value.Succeeded ? null : AdapterAnswerView.Describe(value), value.Succeeded ? (byte)0 : value.Status,
            value.Sense, value.Data, value.Residual);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMine)
            await _adapters.OperateAdapterAsync(new(_at.Adapter, AdapterOperationType.Stop, _at.ScsiId, _at.Lun));
    }
}
