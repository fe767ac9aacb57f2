namespace Lunette.Cli.Disks;

/// <summary>The way to one logical unit: it takes commands and gives what came of them.</summary>
internal interface IScsiPort : IAsyncDisposable
{
    /// <summary>Data-In bytes a command may have.</summary>
    int DataLengthMax { get; }

    /// <summary>Carries out a command; data goes one way.</summary>
    ValueTask<PortAnswer> ExecuteAsync(byte[] cdb, int dataInLength = 0, byte[]? dataOut = null);
}

/// <summary>What came of a command.</summary>
/// <param name="Failure">What went wrong, for people; null where nothing did.</param>
/// <param name="Status">The SCSI status; null where the device gave none.</param>
/// <param name="Sense">Sense data.</param>
/// <param name="Data">What came in.</param>
/// <param name="Residual">Bytes not transferred.</param>
internal sealed record PortAnswer(string? Failure, byte? Status, byte[] Sense, byte[] Data, long Residual)
{
    private const int UnitAttention = 6;

    public bool Succeeded => Failure is null;

    /// <summary>Whether it is only news of the device, and the command is to be sent again.</summary>
    public bool IsUnitAttention => Lunette.Scsi.Sense.TryParse(Sense, out var sense) && (int)sense.Key == UnitAttention;
}

/// <summary>A disk command cannot go on; the message is for the user.</summary>
internal sealed class DiskCommandException(string message) : Exception(message);
