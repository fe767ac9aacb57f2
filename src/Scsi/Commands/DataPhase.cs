namespace Lunette.Scsi;

/// <summary>Which way the data of a command goes, as the initiator sees it, and what kind of data it is.</summary>
public enum DataPhase : byte
{
    /// <summary>No data is transferred.</summary>
    None,

    /// <summary>Logical block data to the Data-In Buffer; the CDB's transfer length says how much.</summary>
    In,

    /// <summary>Parameter data to the Data-In Buffer, limited by the CDB's ALLOCATION LENGTH.</summary>
    InParameterData,

    /// <summary>Logical block data from the Data-Out Buffer; the CDB's transfer length says how much.</summary>
    Out,

    /// <summary>A parameter list from the Data-Out Buffer; PARAMETER LIST LENGTH says how much.</summary>
    OutParameterList,
}
