namespace Lunette.Iscsi;

/// <summary>Whether a session serves a target or only tells of targets (RFC 7143 section 13.21).</summary>
public enum SessionType : byte
{
    /// <summary>SendTargets and nothing else.</summary>
    Discovery,

    /// <summary>SCSI.</summary>
    Normal,
}

/// <summary>What a session's two sides agreed on. Lengths are in bytes, times in seconds.</summary>
public sealed record SessionParameters
{
    /// <summary>SessionType.</summary>
    public SessionType SessionType { get; init; } = SessionType.Normal;

    /// <summary>MaxConnections.</summary>
    public int MaxConnections { get; init; } = 1;

    /// <summary>InitialR2T: unsolicited Data-Out is not allowed.</summary>
    public bool InitialR2T { get; init; } = true;

    /// <summary>ImmediateData.</summary>
    public bool ImmediateData { get; init; } = true;

    /// <summary>MaxBurstLength.</summary>
    public int MaxBurstLength { get; init; } = 262_144;

    /// <summary>FirstBurstLength; never more than <see cref="MaxBurstLength"/>.</summary>
    public int FirstBurstLength { get; init; } = 65_536;

    /// <summary>DefaultTime2Wait.</summary>
    public int DefaultTime2Wait { get; init; } = 2;

    /// <summary>DefaultTime2Retain.</summary>
    public int DefaultTime2Retain { get; init; } = 20;

    /// <summary>MaxOutstandingR2T.</summary>
    public int MaxOutstandingR2T { get; init; } = 1;

    /// <summary>DataPDUInOrder.</summary>
    public bool DataPduInOrder { get; init; } = true;

    /// <summary>DataSequenceInOrder.</summary>
    public bool DataSequenceInOrder { get; init; } = true;

    /// <summary>ErrorRecoveryLevel.</summary>
    public int ErrorRecoveryLevel { get; init; }

    /// <summary>TaskReporting.</summary>
    public TaskReporting TaskReporting { get; init; }

    /// <summary>iSCSIProtocolLevel.</summary>
    public int ProtocolLevel { get; init; } = 1;
}

/// <summary>What a connection's two sides agreed on. Lengths are in bytes.</summary>
public sealed record ConnectionParameters
{
    /// <summary>Every PDU carries a header digest.</summary>
    public bool HeaderDigest { get; init; }

    /// <summary>Every PDU with data carries a data digest.</summary>
    public bool DataDigest { get; init; }

    /// <summary>The longest data segment the peer takes: its MaxRecvDataSegmentLength.</summary>
    public int MaxSendDataSegmentLength { get; init; } = 8192;

    /// <summary>The longest data segment this side takes: its own MaxRecvDataSegmentLength.</summary>
    public int MaxRecvDataSegmentLength { get; init; } = 8192;
}
