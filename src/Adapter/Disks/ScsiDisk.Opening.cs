using System.Buffers.Binary;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Disks;

/// <content>Opening, and the health of paths.</content>
public sealed partial class ScsiDisk
{
    private async Task BringUpAsync()
    {
        foreach (var path in Paths)
        {
            var error = await path.StartAsync().ConfigureAwait(false);
            if (error == Errno.EIO && path.Options.Adapter.IsFull) error = Errno.EMFILE;
            if (error != Errno.None) throw new ScsiDiskException(Options.Name, error, null, null);
            if ((_extension & (OpenExtension.ForcedOpen | OpenExtension.ForcedOpenLun)) != 0 && path.Id == 0)
                await path.ResetAsync((_extension & OpenExtension.ForcedOpenLun) != 0).ConfigureAwait(false);
        }
        _maxTransferBytes = Paths.Min(path => path.Options.Adapter.Description.MaxTransferBytes);
        _cdbLengthMax = Paths.Min(path => path.Options.Adapter.Description.CdbLengthMax);
        // Diagnostics begin with a device that nobody has asked anything.
        if (IsDiagnostic) return;
        foreach (var path in Paths)
        {
            lock (_gate) PathControl.TryBeginCheck(path);
            await CheckAsync(path, HealthCheckCommand.TestUnitReady).ConfigureAwait(false);
        }
        Throw(await CommandAsync(new byte[6], TransferDirection.None, default,
            timeoutSeconds: Options.StartTimeoutSeconds).ConfigureAwait(false));
        await ReserveAsync().ConfigureAwait(false);
        var ifMediumChanged = await InquireMediumAsync().ConfigureAwait(false);
        await ReadCapacityAsync().ConfigureAwait(false);
        // The medium from now on is the one whose capacity that is.
        _ifMediumChanged = ifMediumChanged;
        if (Options.HealthCheckInterval > TimeSpan.Zero)
        {
            _healthChecks = Options.Time.CreateTimer(
                static disk => ((ScsiDisk)disk!).CheckPaths(), this, Options.HealthCheckInterval,
                Options.HealthCheckInterval);
        }
    }

    private async Task ReadCapacityAsync()
    {
        var data = new byte[ReadCapacityData.Length16];
        var cdb = new byte[16];
        cdb[0] = 0x9E;
        cdb[1] = 0x10;
        cdb[13] = (byte)data.Length;
        var answer = await CommandAsync(cdb, TransferDirection.In, data).ConfigureAwait(false);
        var capacity = answer.Error == Errno.None ? ReadCapacityData.Parse16(data) : null;
        if (answer.Error == Errno.EINVAL)
        {
            // A disk of the time before READ CAPACITY (16).
            data = new byte[ReadCapacityData.Length10];
            answer = await CommandAsync([0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], TransferDirection.In, data)
                .ConfigureAwait(false);
            capacity = ReadCapacityData.Parse10(data);
        }
        Throw(answer);
        // What a target says is not believed: a block length that is none, or more than one command moves, a size past
        // what can be addressed.
        if (capacity is null || capacity.BlockLength is < 256 or > 1 << 20 || capacity.BlockLength > _maxTransferBytes
            || capacity.LastLba >= (ulong)long.MaxValue / capacity.BlockLength)
            throw new ScsiDiskException(Options.Name, Errno.EFORMAT, null, null);
        _capacity = capacity;
        _maxTransferBytes -= _maxTransferBytes % BlockLengthBytes;
    }

    // --- Health -----------------------------------------------------------------------------------------------------

    private void CheckPaths() => CheckPaths(Options.HealthCheckMode, hasChanged: false);

    // What has changed is looked at once more where somebody looks already; a path that takes long is left to that.
    private void CheckPaths(HealthCheckMode mode, bool hasChanged)
    {
        foreach (var path in Paths)
        {
            bool looks;
            lock (_gate)
            {
                looks = !_closed && PathControl.IsChecked(path, mode) && (hasChanged || path.Check == PathCheck.None)
                    && PathControl.TryBeginCheck(path);
            }
            if (looks) _ = CheckAsync(path, Options.HealthCheckCommand);
        }
    }

    /// <summary>Looks at a path, as often as it is asked to meanwhile; it has begun.</summary>
    private async Task CheckAsync(DiskPath path, HealthCheckCommand command)
    {
        var goesOn = true;
        try
        {
            while (goesOn)
            {
                await LookAtAsync(path, command).ConfigureAwait(false);
                lock (_gate) goesOn = PathControl.GoesOnChecking(path) && !_closed;
            }
        }
        finally
        {
            lock (_gate)
            {
                if (goesOn) path.Check = PathCheck.None;
            }
        }
    }

    // Its port's access state, and whether it answers.
    private async Task LookAtAsync(DiskPath path, HealthCheckCommand command)
    {
        // The first command may meet unit attentions that are not the path's fault.
        DiskAnswer answer = default;
        for (var i = 0; i < 3; i++)
        {
            answer = command == HealthCheckCommand.Inquiry
                ? await InquireAsync(path).ConfigureAwait(false)
                : await CommandAsync(new byte[6], TransferDirection.None, default, path, noRetry: true)
                    .ConfigureAwait(false);
            if (answer.Error == Errno.None) break;
        }
        var access = await ReadAccessAsync(path).ConfigureAwait(false);
        lock (_gate)
        {
            path.Access = access ?? path.Access;
            if (answer.Error == Errno.None) PathControl.Recover(path);
        }
    }

    private ValueTask<DiskAnswer> InquireAsync(DiskPath path) => CommandAsync(
        [0x12, 0, 0, 0, StandardInquiryData.Length, 0], TransferDirection.In, new byte[StandardInquiryData.Length],
        path, noRetry: true);

    // Which target port group the path leads to tells VPD page 83h; its state REPORT TARGET PORT GROUPS. Null where the
    // path does not say; a target that has neither is one whose ports are all the same.
    private async Task<AsymmetricAccessState?> ReadAccessAsync(DiskPath path)
    {
        var page = new byte[252];
        var inquired = await CommandAsync([0x12, 1, 0x83, 0, 252, 0], TransferDirection.In, page, path, noRetry: true)
            .ConfigureAwait(false);
        if (inquired.Error != Errno.None) return WithoutGroups(inquired);
        if (FindPortGroup(page.AsSpan(0, page.Length - inquired.Residual)) is not { } mine)
            return AsymmetricAccessState.ActiveOptimized;
        var groups = new byte[1024];
        var reported = await CommandAsync([0xA3, 0x0A, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0], TransferDirection.In, groups,
            path, noRetry: true).ConfigureAwait(false);
        return reported.Error == Errno.None
            ? FindAccess(groups.AsSpan(0, groups.Length - reported.Residual), mine)
            : WithoutGroups(reported);
    }

    private static AsymmetricAccessState? WithoutGroups(in DiskAnswer refused) =>
        refused.Error == Errno.EINVAL ? AsymmetricAccessState.ActiveOptimized : null;

    private static ushort? FindPortGroup(ReadOnlySpan<byte> page)
    {
        for (var rest = page.Length > 4 ? page[4..] : []; rest.Length >= 4 && rest.Length >= 4 + rest[3];
            rest = rest[(4 + rest[3])..])
        {
            // Designator type 5 of a target port: target port group.
            if ((rest[1] & 0x3F) == 0x15 && rest[3] >= 4) return BinaryPrimitives.ReadUInt16BigEndian(rest[6..]);
        }
        return null;
    }

    private static AsymmetricAccessState FindAccess(ReadOnlySpan<byte> groups, ushort mine)
    {
        for (var rest = groups.Length > 4 ? groups[4..] : []; rest.Length >= 8;)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) == mine) return (AsymmetricAccessState)(rest[0] & 0x0F);
            var length = 8 + (rest[7] * 4);
            if (length > rest.Length) break;
            rest = rest[length..];
        }
        return AsymmetricAccessState.ActiveOptimized;
    }
}
