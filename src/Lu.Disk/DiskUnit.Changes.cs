using Lunette.Backing;
using Lunette.DeviceServer.ModePages;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk;

/// <content>What the administrator changes on a disk in use.</content>
public sealed partial class DiskUnit
{
    /// <summary>
    /// Changes the size. Initiators are told (CAPACITY DATA HAS CHANGED). What is cut off is lost; what is added reads
    /// as zeros. Control plane, one change at a time; the disk is online.
    /// </summary>
    public async ValueTask<ControlResult> ResizeAsync(long lengthBytes, CancellationToken stop)
    {
        if ((Disk with { LengthBytes = lengthBytes }).FindMistake() is { } mistake)
            return ControlResult.Failure(mistake);
        if (Disk.Protection is not null)
            return ControlResult.Failure($"{Alias}: its protection information lies at its end; its size is fixed");
        if (OpenStore is not { } store) return ControlResult.Failure($"{Alias}: it is offline; take it online first");
        var before = Volatile.Read(ref _lengthBytes);
        // A smaller medium refuses what lies behind its end before the store is cut there.
        if (lengthBytes < before)
        {
            Volatile.Write(ref _lengthBytes, lengthBytes);
            Changing(lengthBytes, before - lengthBytes);
        }
        // What is cut off and added again reads as zeros. Before the store is cut: a refusal must not leave the disk
        // longer than its data.
        if (!Uncorrectable.TryKeepBefore((ulong)Math.Min(lengthBytes, before) >> _blockShift))
        {
            Volatile.Write(ref _lengthBytes, before);
            return ControlResult.Failure($"{Alias}: the marks of the blocks behind its end cannot be forgotten");
        }
        var result = await ResizeStoreAsync(store, lengthBytes, stop);
        if (result == StoreResult.Ok && lengthBytes > before && FindWant(store) is not null)
        {
            await store.ResizeAsync(before, stop);
            result = StoreResult.NoSpace;
        }
        if (result != StoreResult.Ok)
        {
            Volatile.Write(ref _lengthBytes, before);
            return ControlResult.Failure($"{Alias}: its store cannot be made {lengthBytes} bytes long ({result})");
        }
        Volatile.Write(ref _lengthBytes, lengthBytes);
        Volatile.Write(ref _disk, Disk with { LengthBytes = lengthBytes });
        if (lengthBytes != before) EstablishAttention(AdditionalSense.CapacityDataHasChanged);
        return ControlResult.Success;
    }

    /// <summary>
    /// Changes what may be changed in use: alias, management URL, write protection, write cache, threshold. Initiators
    /// are told of the last three (MODE PARAMETERS CHANGED). Control plane, one change at a time.
    /// </summary>
    public ControlResult Change(DiskOptions options)
    {
        var now = Disk;
        var unchangeable = options with
        {
            Unit = now.Unit,
            WriteProtected = now.WriteProtected,
            WriteCacheDisabled = now.WriteCacheDisabled,
            ThresholdBytes = now.ThresholdBytes,
        };
        if (unchangeable != now || options.Unit.Id != Id)
            return ControlResult.Failure($"{Alias}: block length, provisioning and identity do not change in use");
        ChangeOptions(options.Unit);
        Volatile.Write(ref _disk, options);
        // Against what is: an initiator may have changed it since by MODE SELECT.
        if (options.WriteCacheDisabled == WriteCacheEnabled)
            SetModeField(BlockModePages.Caching, "WCE", options.WriteCacheDisabled ? 0u : 1);
        if (options.ThresholdBytes != now.ThresholdBytes) SetThreshold(options.ThresholdBytes);
        if (options.WriteProtected != now.WriteProtected)
            EstablishAttention(AdditionalSense.ModeParametersChanged);
        return ControlResult.Success;
    }

    // A store that cannot change its length, such as a block device, may have grown by itself, or be longer anyway.
    private static async ValueTask<StoreResult> ResizeStoreAsync(
        BackingStore store, long lengthBytes, CancellationToken stop)
    {
        var result = await store.ResizeAsync(lengthBytes, stop);
        var longEnough = result == StoreResult.NotSupported && store.LengthBytes >= lengthBytes;
        return longEnough ? StoreResult.Ok : result;
    }
}
