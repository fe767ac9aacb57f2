namespace Lunette.Admin.Contracts;

/// <summary>One return code: its C name and what it means, for help, messages and the reference page.</summary>
/// <param name="Status">The code.</param>
/// <param name="CName">Its identifier in libstmf's header.</param>
/// <param name="Meaning">For people, without a full stop.</param>
public sealed record StmfStatusRow(StmfStatus Status, string CName, string Meaning)
{
    /// <summary>All 44 codes, in the order of their value.</summary>
    public static IReadOnlyList<StmfStatusRow> All { get; } =
    [
        new(StmfStatus.Success, "STMF_STATUS_SUCCESS", "done"),
        new(StmfStatus.Error, "STMF_STATUS_ERROR", "unknown error"),
        new(StmfStatus.Busy, "STMF_ERROR_BUSY", "resource busy"),
        new(StmfStatus.NotFound, "STMF_ERROR_NOT_FOUND", "not found"),
        new(StmfStatus.MemberNotFound, "STMF_ERROR_MEMBER_NOT_FOUND", "not a member of the group"),
        new(StmfStatus.GroupNotFound, "STMF_ERROR_GROUP_NOT_FOUND", "group not found"),
        new(StmfStatus.Perm, "STMF_ERROR_PERM", "permission denied"),
        new(StmfStatus.NoMem, "STMF_ERROR_NOMEM", "out of memory"),
        new(StmfStatus.InvalidArg, "STMF_ERROR_INVALID_ARG", "invalid argument"),
        new(StmfStatus.Exists, "STMF_ERROR_EXISTS", "already exists"),
        new(StmfStatus.ServiceNotFound, "STMF_ERROR_SERVICE_NOT_FOUND", "STMF service not found"),
        new(StmfStatus.ServiceOnline, "STMF_ERROR_SERVICE_ONLINE", "STMF service must be offline"),
        new(StmfStatus.ServiceOffline, "STMF_ERROR_SERVICE_OFFLINE", "STMF service is offline"),
        new(StmfStatus.GroupInUse, "STMF_ERROR_GROUP_IN_USE", "group is in use by existing view entry"),
        new(StmfStatus.LunInUse, "STMF_ERROR_LUN_IN_USE", "LUN already in use"),
        new(StmfStatus.VeConflict, "STMF_ERROR_VE_CONFLICT", "view entry exists"),
        new(StmfStatus.ConfigNone, "STMF_ERROR_CONFIG_NONE", "STMF service is not initialized"),
        new(StmfStatus.ServiceDataVersion, "STMF_ERROR_SERVICE_DATA_VERSION", "STMF service version incorrect"),
        new(StmfStatus.InvalidHg, "STMF_ERROR_INVALID_HG", "invalid host group"),
        new(StmfStatus.InvalidTg, "STMF_ERROR_INVALID_TG", "invalid target group"),
        new(StmfStatus.ProvDataStale, "STMF_ERROR_PROV_DATA_STALE", "provider data was changed by somebody else"),
        new(StmfStatus.NoProp, "STMF_ERROR_NO_PROP", "property not set"),
        new(StmfStatus.NoPropVal, "STMF_ERROR_NO_PROP_VAL", "property value missing"),
        new(StmfStatus.MissingPropVal, "STMF_ERROR_MISSING_PROP_VAL", "missing property value"),
        new(StmfStatus.InvalidBlockSize, "STMF_ERROR_INVALID_BLOCKSIZE", "invalid block size"),
        new(StmfStatus.FileAlready, "STMF_ERROR_FILE_ALREADY", "file is a logical unit already"),
        new(StmfStatus.InvalidPropSize, "STMF_ERROR_INVALID_PROPSIZE", "invalid property size"),
        new(StmfStatus.InvalidProp, "STMF_ERROR_INVALID_PROP", "invalid property"),
        new(StmfStatus.PersistType, "STMF_ERROR_PERSIST_TYPE", "unable to read or set the persist method"),
        new(StmfStatus.TgOnline, "STMF_ERROR_TG_ONLINE", "STMF target must be offline"),
        new(StmfStatus.AccessStateSet, "STMF_ERROR_ACCESS_STATE_SET", "unable to set the access state"),
        new(StmfStatus.NoPropStandby, "STMF_ERROR_NO_PROP_STANDBY", "prop unavailable in standby"),
        new(StmfStatus.PostMsgFailed, "STMF_ERROR_POST_MSG_FAILED", "proxy message failed"),
        new(StmfStatus.DoorInstalled, "STMF_ERROR_DOOR_INSTALLED", "proxy door already installed"),
        new(StmfStatus.FileInUse, "STMF_ERROR_FILE_IN_USE", "file already in use"),
        new(StmfStatus.InvalidBlkSize, "STMF_ERROR_INVALID_BLKSIZE", "invalid block size"),
        new(StmfStatus.GuidInUse, "STMF_ERROR_GUID_IN_USE", "guid already in use"),
        new(StmfStatus.MetaFileName, "STMF_ERROR_META_FILE_NAME", "meta file error"),
        new(StmfStatus.DataFileName, "STMF_ERROR_DATA_FILE_NAME", "data file error"),
        new(StmfStatus.SizeOutOfRange, "STMF_ERROR_SIZE_OUT_OF_RANGE", "invalid size"),
        new(StmfStatus.LuBusy, "STMF_ERROR_LU_BUSY", "logical unit busy"),
        new(StmfStatus.MetaCreation, "STMF_ERROR_META_CREATION", "unable to write the metadata"),
        new(StmfStatus.FileSizeInvalid, "STMF_ERROR_FILE_SIZE_INVALID", "file size invalid"),
        new(StmfStatus.WriteCacheSet, "STMF_ERROR_WRITE_CACHE_SET", "unable to set the write cache"),
    ];

    private static readonly Dictionary<StmfStatus, StmfStatusRow> s_byStatus = All.ToDictionary(row => row.Status);

    /// <summary>The row of a code; a code this version does not know reads as <see cref="StmfStatus.Error"/>.</summary>
    public static StmfStatusRow Of(StmfStatus status) =>
        s_byStatus.TryGetValue(status, out var row) ? row : s_byStatus[StmfStatus.Error];
}
