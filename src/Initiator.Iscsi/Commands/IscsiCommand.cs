using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// One SCSI command to be carried out: logical unit, CDB and task attribute. A value; it owns nothing.
/// </summary>
public readonly struct IscsiCommand
{
    /// <summary>The longest CDB taken, in bytes: the variable length commands of SPC and SBC have 32.</summary>
    public const int CdbLengthMax = 32;

    private readonly CdbBytes _cdb;

    /// <summary>Makes a command.</summary>
    /// <param name="lun">The logical unit.</param>
    /// <param name="cdb">The CDB; it is copied.</param>
    /// <param name="attribute">The task attribute.</param>
    /// <param name="priority">The task priority, 0 to 15; 0 is none.</param>
    /// <exception cref="ArgumentException">The CDB is empty or longer than <see cref="CdbLengthMax"/>.</exception>
    public IscsiCommand(
        Lun lun, ReadOnlySpan<byte> cdb, TaskAttribute attribute = TaskAttribute.Simple, byte priority = 0)
    {
        if (cdb.Length is 0 or > CdbLengthMax) throw new ArgumentException("a CDB has 1 to 32 bytes", nameof(cdb));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, 15);
        Lun = lun;
        Attribute = attribute;
        Priority = priority;
        CdbLength = (byte)cdb.Length;
        cdb.CopyTo(_cdb);
    }

    /// <summary>The logical unit.</summary>
    public Lun Lun { get; }

    /// <summary>The task attribute.</summary>
    public TaskAttribute Attribute { get; }

    /// <summary>The task priority.</summary>
    public byte Priority { get; }

    /// <summary>Length of the CDB in bytes.</summary>
    public byte CdbLength { get; }

    /// <summary>The CDB.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Cdb => ((ReadOnlySpan<byte>)_cdb)[..CdbLength];

    [InlineArray(CdbLengthMax)]
    private struct CdbBytes
    {
        private byte _first;
    }
}
