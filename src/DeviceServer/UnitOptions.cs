using Lunette.Stmf.Contracts;

namespace Lunette.DeviceServer;

/// <summary>Who a logical unit is and what it may use; said once, when it is made.</summary>
public sealed record UnitOptions
{
    /// <summary>The vendor identification of logical units that are given none.</summary>
    public const string VendorDefault = "LUNETTE";

    /// <summary>Its identifier.</summary>
    public required LogicalUnitId Id { get; init; }

    /// <summary>The administrator's name for it.</summary>
    public required string Alias { get; init; }

    /// <summary>The LU provider.</summary>
    public string ProviderName { get; init; } = "sbd";

    /// <summary>T10 VENDOR IDENTIFICATION, up to 8 characters.</summary>
    public string VendorId { get; init; } = VendorDefault;

    /// <summary>PRODUCT IDENTIFICATION, up to 16 characters.</summary>
    public string ProductId { get; init; } = "DISK";

    /// <summary>PRODUCT REVISION LEVEL, up to 4 characters.</summary>
    public string Revision { get; init; } = "0001";

    /// <summary>PRODUCT SERIAL NUMBER; empty for one made of the identifier.</summary>
    public string SerialNumber { get; init; } = "";

    /// <summary>A network address for its management (VPD page 85h); empty where there is none.</summary>
    public string ManagementUrl { get; init; } = "";

    /// <summary>Tasks the task set holds; the next one gets TASK SET FULL.</summary>
    public int TaskSetDepth { get; init; } = 4096;

    /// <summary>Tasks one I_T nexus may have in it, so that none takes all.</summary>
    public int TasksPerNexus { get; init; } = 1024;

    /// <summary>How long aborted tasks may take to be out of the medium, before the logical unit is fenced.</summary>
    public TimeSpan AbortDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the medium may answer nobody before commands that need it are refused, BUSY or TASK SET FULL, instead
    /// of waiting behind those that are stuck.
    /// </summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where what must survive is kept; null where nothing survives.</summary>
    public ILuPersistence? Persistence { get; init; }
}
