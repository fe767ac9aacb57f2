using System.Diagnostics.CodeAnalysis;

namespace Lunette.Scsi;

/// <summary>Standard INQUIRY data (SPC-6, Standard INQUIRY data).</summary>
public sealed record StandardInquiryData
{
    /// <summary>Length in bytes as written here, vendor specific bytes left out.</summary>
    public const int Length = 96;

    /// <summary>How many version descriptors there is room for.</summary>
    public const int VersionDescriptorsMax = 8;

    /// <summary>PERIPHERAL QUALIFIER and PERIPHERAL DEVICE TYPE.</summary>
    public Peripheral Peripheral { get; init; }

    /// <summary>RMB: the medium can be removed.</summary>
    public bool RemovableMedium { get; init; }

    /// <summary>LU_CONG: part of a logical unit conglomerate.</summary>
    public bool LogicalUnitConglomerate { get; init; }

    /// <summary>VERSION: 5 is SPC-3, 6 SPC-4, 7 SPC-5.</summary>
    public byte Version { get; init; }

    /// <summary>NORMACA.</summary>
    public bool NormalAca { get; init; }

    /// <summary>HISUP: LUN addressing is hierarchical.</summary>
    public bool HierarchicalSupport { get; init; }

    /// <summary>RESPONSE DATA FORMAT; 2 is the only one in use.</summary>
    public byte ResponseDataFormat { get; init; } = 2;

    /// <summary>SCCS: embedded storage array controller.</summary>
    public bool StorageArrayController { get; init; }

    /// <summary>TPGS: bit 0 implicit, bit 1 explicit asymmetric access.</summary>
    public byte TargetPortGroupSupport { get; init; }

    /// <summary>3PC: third-party copy commands are supported.</summary>
    public bool ThirdPartyCopy { get; init; }

    /// <summary>PROTECT: protection information is supported.</summary>
    public bool Protect { get; init; }

    /// <summary>ENCSERV: embedded enclosure services.</summary>
    public bool EnclosureServices { get; init; }

    /// <summary>MULTIP: the device has several ports.</summary>
    public bool MultiPort { get; init; }

    /// <summary>CMDQUE: the task management model of SAM-6 is supported.</summary>
    public bool CommandQueuing { get; init; }

    /// <summary>T10 VENDOR IDENTIFICATION, eight characters.</summary>
    public string VendorIdentification { get; init; } = "";

    /// <summary>PRODUCT IDENTIFICATION, sixteen characters.</summary>
    public string ProductIdentification { get; init; } = "";

    /// <summary>PRODUCT REVISION LEVEL, four characters.</summary>
    public string ProductRevisionLevel { get; init; } = "";

    /// <summary>VERSION DESCRIPTORs, without the unused ones.</summary>
    public IReadOnlyList<VersionDescriptor> VersionDescriptors { get; init; } = [];

    /// <summary>Writes the data.</summary>
    public void Write(ref ParameterDataWriter to)
    {
        to.WriteByte(Peripheral.Wire);
        to.WriteByte(Flag(RemovableMedium, 7) | Flag(LogicalUnitConglomerate, 6));
        to.WriteByte(Version);
        to.WriteByte(Flag(NormalAca, 5) | Flag(HierarchicalSupport, 4) | ResponseDataFormat & 0x0F);
        to.WriteByte(Length - 5);
        to.WriteByte(Flag(StorageArrayController, 7) | (TargetPortGroupSupport & 3) << 4 | Flag(ThirdPartyCopy, 3)
            | Flag(Protect, 0));
        to.WriteByte(Flag(EnclosureServices, 6) | Flag(MultiPort, 4));
        to.WriteByte(Flag(CommandQueuing, 1));
        to.WriteAscii(VendorIdentification, 8);
        to.WriteAscii(ProductIdentification, 16);
        to.WriteAscii(ProductRevisionLevel, 4);
        to.WriteZeros(22);                              // vendor specific, and bytes 56 and 57
        for (var i = 0; i < VersionDescriptorsMax; i++)
            to.WriteUInt16(i < VersionDescriptors.Count ? (ushort)VersionDescriptors[i] : 0);
        to.WriteZeros(22);
    }

    /// <summary>Reads untrusted data.</summary>
    /// <returns>False when there are fewer than the five bytes that tell the length.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out StandardInquiryData? data)
    {
        data = null;
        if (bytes.Length < 5) return false;
        var view = new ParameterDataView(bytes).CutAt(bytes[4] + 5);
        List<VersionDescriptor> versions = [];
        for (var i = 0; i < VersionDescriptorsMax; i++)
        {
            var version = (VersionDescriptor)view.UInt16(58 + 2 * i);
            if (version != VersionDescriptor.None) versions.Add(version);
        }

        data = new StandardInquiryData
        {
            Peripheral = Peripheral.FromWire(view[0]),
            RemovableMedium = view.Bit(1, 7),
            LogicalUnitConglomerate = view.Bit(1, 6),
            Version = view[2],
            NormalAca = view.Bit(3, 5),
            HierarchicalSupport = view.Bit(3, 4),
            ResponseDataFormat = (byte)view.Bits(3, 0, 4),
            StorageArrayController = view.Bit(5, 7),
            TargetPortGroupSupport = (byte)view.Bits(5, 4, 2),
            ThirdPartyCopy = view.Bit(5, 3),
            Protect = view.Bit(5, 0),
            EnclosureServices = view.Bit(6, 6),
            MultiPort = view.Bit(6, 4),
            CommandQueuing = view.Bit(7, 1),
            VendorIdentification = view.Ascii(8, 8),
            ProductIdentification = view.Ascii(16, 16),
            ProductRevisionLevel = view.Ascii(32, 4),
            VersionDescriptors = versions,
        };
        return true;
    }

    /// <summary>Same fields and version descriptors.</summary>
    public bool Equals(StandardInquiryData? other)
    {
        if (other is null) return false;
        Span<byte> mine = stackalloc byte[Length];
        Span<byte> theirs = stackalloc byte[Length];
        var to = new ParameterDataWriter(mine);
        Write(ref to);
        to = new ParameterDataWriter(theirs);
        other.Write(ref to);
        return mine.SequenceEqual(theirs);
    }

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Peripheral, VendorIdentification, ProductIdentification);

    private static int Flag(bool set, int bit) => set ? 1 << bit : 0;
}
