namespace Lunette.Scsi;

/// <summary>COPY OPERATION STATUS of RECEIVE COPY STATUS (LID4) and RECEIVE ROD TOKEN INFORMATION (SPC-6).</summary>
public enum CopyOperationStatus : byte
{
    /// <summary>Completed without errors.</summary>
    Completed = 0x01,

    /// <summary>Completed with errors.</summary>
    CompletedWithErrors = 0x02,

    /// <summary>Completed without errors but with partial ROD token usage: the transfer count says how much.</summary>
    CompletedPartially = 0x03,

    /// <summary>Completed without errors but with residual data.</summary>
    CompletedWithResidualData = 0x04,

    /// <summary>In progress while its command is.</summary>
    InForeground = 0x11,

    /// <summary>In progress after its command has ended.</summary>
    InBackground = 0x12,

    /// <summary>Terminated, as by COPY OPERATION ABORT.</summary>
    Terminated = 0x60,
}
