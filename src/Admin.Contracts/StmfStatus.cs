namespace Lunette.Admin.Contracts;

/// <summary>What a verb came to: libstmf's return codes, names and values.</summary>
public enum StmfStatus
{
    /// <summary>Done, or accepted where the verb is asynchronous.</summary>
    Success = 0,

    /// <summary>Failed for a reason that has no code of its own.</summary>
    Error = 0x8000,

    /// <summary>A transition is under way, the inventory is locked, or the logical unit is draining.</summary>
    Busy = 0x8001,

    /// <summary>There is no such object.</summary>
    NotFound = 0x8002,

    /// <summary>The name is not in the group.</summary>
    MemberNotFound = 0x8003,

    /// <summary>There is no such group.</summary>
    GroupNotFound = 0x8004,

    /// <summary>The caller may not do this.</summary>
    Perm = 0x8005,

    /// <summary>There is no memory for it.</summary>
    NoMem = 0x8006,

    /// <summary>An argument is malformed, or a buffer too small.</summary>
    InvalidArg = 0x8007,

    /// <summary>The name or member is there already.</summary>
    Exists = 0x8008,

    /// <summary>The service is not installed, or not running.</summary>
    ServiceNotFound = 0x8009,

    /// <summary>The service is online already, or still.</summary>
    ServiceOnline = 0x800A,

    /// <summary>The service is offline already.</summary>
    ServiceOffline = 0x800B,

    /// <summary>A view entry refers to the group.</summary>
    GroupInUse = 0x800C,

    /// <summary>The logical unit number is taken in an overlapping mapping.</summary>
    LunInUse = 0x800D,

    /// <summary>The logical unit has an overlapping view entry already.</summary>
    VeConflict = 0x800E,

    /// <summary>The framework has no configuration loaded.</summary>
    ConfigNone = 0x800F,

    /// <summary>The stored configuration has a schema version this program does not know.</summary>
    ServiceDataVersion = 0x8010,

    /// <summary>The host group of a view entry does not exist.</summary>
    InvalidHg = 0x8011,

    /// <summary>The target group of a view entry does not exist.</summary>
    InvalidTg = 0x8012,

    /// <summary>The token is not the latest: somebody changed the provider data in between.</summary>
    ProvDataStale = 0x8013,

    /// <summary>The property is not set.</summary>
    NoProp = 0x8014,

    /// <summary>The value is missing.</summary>
    NoPropVal = 0x8015,

    /// <summary>A property that is required was not given.</summary>
    MissingPropVal = 0x8016,

    /// <summary>
    /// The block size is not valid (kept for its value; <see cref="InvalidBlkSize"/> is what is returned).
    /// </summary>
    InvalidBlockSize = 0x8017,

    /// <summary>
    /// The file is a logical unit already (kept for its value; <see cref="FileInUse"/> is what is returned).
    /// </summary>
    FileAlready = 0x8018,

    /// <summary>The value's text has the wrong length.</summary>
    InvalidPropSize = 0x8019,

    /// <summary>The property is unknown, or not allowed here.</summary>
    InvalidProp = 0x8020,

    /// <summary>The persist method could not be read or written.</summary>
    PersistType = 0x8021,

    /// <summary>The target must be offline before its group membership changes.</summary>
    TgOnline = 0x8022,

    /// <summary>The access state could not be changed.</summary>
    AccessStateSet = 0x8023,

    /// <summary>The property cannot be read while the logical unit is not active.</summary>
    NoPropStandby = 0x8024,

    /// <summary>The proxy message could not be delivered.</summary>
    PostMsgFailed = 0x8025,

    /// <summary>There is a proxy door already.</summary>
    DoorInstalled = 0x8026,

    /// <summary>The backing file is registered already.</summary>
    FileInUse = 0x8100,

    /// <summary>The block size is not a supported power of two.</summary>
    InvalidBlkSize = 0x8101,

    /// <summary>The GUID is registered already.</summary>
    GuidInUse = 0x8102,

    /// <summary>The metadata file cannot be used, or holds no metadata.</summary>
    MetaFileName = 0x8103,

    /// <summary>The data file cannot be used.</summary>
    DataFileName = 0x8104,

    /// <summary>The logical unit's size is not supported.</summary>
    SizeOutOfRange = 0x8105,

    /// <summary>The logical unit is being created, deleted or modified.</summary>
    LuBusy = 0x8106,

    /// <summary>The metadata could not be written.</summary>
    MetaCreation = 0x8107,

    /// <summary>The size of the backing store is wrong.</summary>
    FileSizeInvalid = 0x8108,

    /// <summary>The cache mode could not be applied.</summary>
    WriteCacheSet = 0x8109,
}
