namespace Lunette.Admin.Contracts.Adapters;

/// <summary>An operation on a device of an adapter.</summary>
/// <param name="Adapter">The adapter's name.</param>
/// <param name="Operation">Which operation.</param>
/// <param name="ScsiId">The target.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="Sender">StartTarget: name of the initiator that will send; else not looked at.</param>
public sealed record AdapterOperationArguments(
    string Adapter, AdapterOperationType Operation, ulong ScsiId, int Lun, string? Sender = null);

/// <summary>A command for a device of an adapter.</summary>
public sealed record AdapterCommandArguments
{
    /// <summary>Bytes of data a command may have, either way.</summary>
    public const int DataLengthMax = 1 << 20;

    /// <summary>The adapter's name.</summary>
    public required string Adapter { get; init; }

    /// <summary>The target.</summary>
    public required ulong ScsiId { get; init; }

    /// <summary>The logical unit.</summary>
    public required int Lun { get; init; }

    /// <summary>The CDB.</summary>
    public required byte[] Cdb { get; init; }

    /// <summary>Data-In bytes wanted.</summary>
    public int DataInLength { get; init; }

    /// <summary>The Data-Out Buffer; empty for none.</summary>
    public byte[] DataOut { get; init => field = value ?? []; } = [];

    /// <summary>Seconds it may take.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>How it enters the adapter driver.</summary>
    public AdapterEntry Entry { get; init; }

    /// <summary>Whether it carries SC_RESUME; through the queue only.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether it is sent with a SIMPLE tag; through the queue only.</summary>
    public bool Tagged { get; init; }
}
