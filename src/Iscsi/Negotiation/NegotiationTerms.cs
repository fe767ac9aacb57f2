namespace Lunette.Iscsi;

/// <summary>What TaskReporting settles on (RFC 7143 section 13.23).</summary>
public enum TaskReporting : byte
{
    /// <summary>As the first edition had it.</summary>
    Rfc3720,

    /// <summary>Response fence.</summary>
    ResponseFence,

    /// <summary>Fast abort.</summary>
    FastAbort,
}

/// <summary>A digest (RFC 7143 section 13.1).</summary>
public enum Digest : byte
{
    /// <summary>CRC32C.</summary>
    Crc32C,

    /// <summary>None.</summary>
    None,
}

/// <summary>
/// What one side wants and can do; of both sides' terms come the parameters. The defaults are the standard's, except
/// where they only say what is able. Lengths are in bytes, times in seconds.
/// </summary>
public sealed record NegotiationTerms
{
    /// <summary>Header digests taken, the liked one first; never empty.</summary>
    public IReadOnlyList<Digest> HeaderDigests { get; init; } = [Digest.None, Digest.Crc32C];

    /// <summary>Data digests taken, the liked one first; never empty.</summary>
    public IReadOnlyList<Digest> DataDigests { get; init; } = [Digest.None, Digest.Crc32C];

    /// <summary>The longest data segment this side receives on the connection.</summary>
    public int MaxRecvDataSegmentLength { get; init; } = 8192;

    /// <summary>Connections a session may have.</summary>
    public int MaxConnections { get; init; } = 1;

    /// <summary>Whether unsolicited Data-Out is refused.</summary>
    public bool InitialR2T { get; init; } = true;

    /// <summary>Whether immediate data is taken.</summary>
    public bool ImmediateData { get; init; } = true;

    /// <summary>The longest burst.</summary>
    public int MaxBurstLength { get; init; } = 262_144;

    /// <summary>The longest unsolicited burst.</summary>
    public int FirstBurstLength { get; init; } = 65_536;

    /// <summary>Seconds to wait before a reconnection.</summary>
    public int DefaultTime2Wait { get; init; } = 2;

    /// <summary>Seconds after that for which tasks are kept.</summary>
    public int DefaultTime2Retain { get; init; } = 20;

    /// <summary>R2Ts of a task that may be open.</summary>
    public int MaxOutstandingR2T { get; init; } = 1;

    /// <summary>Whether the PDUs of a sequence must be in order.</summary>
    public bool DataPduInOrder { get; init; } = true;

    /// <summary>Whether the sequences of a task must be in order.</summary>
    public bool DataSequenceInOrder { get; init; } = true;

    /// <summary>The highest error recovery level.</summary>
    public int ErrorRecoveryLevel { get; init; }

    /// <summary>Ways of reporting tasks taken, the liked one first; never empty.</summary>
    public IReadOnlyList<TaskReporting> TaskReporting { get; init; } = [Iscsi.TaskReporting.Rfc3720];

    /// <summary>The highest iSCSIProtocolLevel: 1 for RFC 7143, 2 for RFC 7144 besides.</summary>
    public int ProtocolLevel { get; init; } = 1;

    internal int Number(KeyDescriptor key) => key.Name switch
    {
        "MaxConnections" => MaxConnections,
        "InitialR2T" => InitialR2T ? 1 : 0,
        "ImmediateData" => ImmediateData ? 1 : 0,
        "MaxBurstLength" => MaxBurstLength,
        "FirstBurstLength" => FirstBurstLength,
        "DefaultTime2Wait" => DefaultTime2Wait,
        "DefaultTime2Retain" => DefaultTime2Retain,
        "MaxOutstandingR2T" => MaxOutstandingR2T,
        "DataPDUInOrder" => DataPduInOrder ? 1 : 0,
        "DataSequenceInOrder" => DataSequenceInOrder ? 1 : 0,
        "ErrorRecoveryLevel" => ErrorRecoveryLevel,
        "iSCSIProtocolLevel" => ProtocolLevel,
        _ => throw new ArgumentOutOfRangeException(nameof(key), key.Name, "no number"),
    };

    // Positions in the row's Values, the liked one first.
    internal IEnumerable<int> Choices(KeyDescriptor key) => key.Name switch
    {
        "HeaderDigest" => HeaderDigests.Select(digest => (int)digest),
        "DataDigest" => DataDigests.Select(digest => (int)digest),
        "TaskReporting" => TaskReporting.Select(reporting => (int)reporting),
        _ => throw new ArgumentOutOfRangeException(nameof(key), key.Name, "no list"),
    };
}
