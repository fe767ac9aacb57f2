using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.DeviceServer;

/// <content>What INQUIRY tells of it. Device types add their own pages and claims.</content>
public abstract partial class EmulatedUnit
{
    /// <summary>Peripheral device type and qualifier.</summary>
    protected internal virtual Peripheral Peripheral => Peripheral.Disk;

    /// <summary>
    /// Standard INQUIRY data. VERSION claims SPC-4, the newest that initiators and conformance suites know; what is
    /// built is SPC-6 where that is compatible. Device types change it by <c>with</c>.
    /// </summary>
    protected internal virtual StandardInquiryData StandardInquiryData => new()
    {
        Peripheral = Peripheral,
        Version = 6,
        NormalAca = true,
        HierarchicalSupport = true,
        // Implicit; explicit too where there is another group to take over.
        TargetPortGroupSupport = (byte)(CanChangeAccess ? 3 : 1),
        MultiPort = true,
        CommandQueuing = true,
        VendorIdentification = Options.VendorId,
        ProductIdentification = Options.ProductId,
        ProductRevisionLevel = Options.Revision,
        VersionDescriptors = [VersionDescriptor.Sam5, VersionDescriptor.Iscsi, VersionDescriptor.Spc4],
    };

    /// <summary>Extended INQUIRY Data VPD page (86h).</summary>
    protected internal virtual ExtendedInquiryData ExtendedInquiryData => new()
    {
        Priority = true,
        HeadOfQueue = true,
        Ordered = true,
        Simple = true,
        LogicalUnitItNexusClear = true,
        MaximumSupportedSenseDataLength = Sense.LengthMax,
    };

    /// <summary>The VPD pages of the device type, ascending, without those of SPC; see <see
    /// cref="WriteOwnVpdPage"/>.</summary>
    protected internal virtual IReadOnlyList<VpdPageCode> OwnVpdPages => [];

    /// <summary>Writes a page of <see cref="OwnVpdPages"/>.</summary>
    protected internal virtual void WriteOwnVpdPage(VpdPageCode page, ref ParameterDataWriter data)
    {
    }

    /// <summary>PRODUCT SERIAL NUMBER; made of the identifier where the administrator gave none.</summary>
    public string SerialNumber => Options.SerialNumber.Length > 0 ? Options.SerialNumber : Id.ToString();

    /// <summary>Writes a VPD page; false where there is no such page.</summary>
    internal bool WriteVpdPage(VpdPageCode page, TaskContext command, ref ParameterDataWriter data)
    {
        switch (page)
        {
            case VpdPageCode.SupportedVpdPages:
                SupportedVpdPages.Write(ref data, Peripheral, [.. SupportedPages()]);
                return true;
            case VpdPageCode.UnitSerialNumber:
                UnitSerialNumber.Write(ref data, Peripheral, SerialNumber);
                return true;
            case VpdPageCode.DeviceIdentification:
                DeviceIdentification.Write(ref data, Peripheral, Designators(command.Itl.Nexus.Port));
                return true;
            case VpdPageCode.SoftwareInterfaceIdentification:
                // No vendor's software interface applies.
                SoftwareInterfaceIdentification.Write(ref data, Peripheral, []);
                return true;
            case VpdPageCode.ManagementNetworkAddresses when Options.ManagementUrl.Length > 0:
                ManagementNetworkAddresses.Write(ref data, Peripheral, [new(DesignatorAssociation.LogicalUnit,
                    NetworkServiceType.StorageConfigurationService, Options.ManagementUrl)]);
                return true;
            case VpdPageCode.ExtendedInquiryData:
                ExtendedInquiryData.Write(ref data, Peripheral);
                return true;
            case VpdPageCode.ModePagePolicy:
                // Shared by all I_T nexuses; the one of the transport by all logical units too (SPC-6,
                // Disconnect-Reconnect mode page), which is why it has nothing to set.
                ModePagePolicy.Write(ref data, Peripheral,
                [
                    new(0x02, 0x00, true, ModePagePolicyKind.Shared),
                    new(0x3F, 0xFF, false, ModePagePolicyKind.Shared),
                ]);
                return true;
            case VpdPageCode.ScsiPorts:
                ScsiPorts.Write(ref data, Peripheral, Ports(command.Itl.Nexus.Port));
                return true;
            case VpdPageCode.PowerCondition:
                new PowerCondition { StandbyZ = true, IdleA = true }.Write(ref data, Peripheral);
                return true;
            case VpdPageCode.ScsiFeatureSets:
                // Nothing is claimed as a whole: REPORT SUPPORTED OPERATION CODES tells one by one.
                ScsiFeatureSets.Write(ref data, Peripheral, []);
                return true;
            default:
                if (!OwnVpdPages.Contains(page)) return false;
                WriteOwnVpdPage(page, ref data);
                return true;
        }
    }

    private IEnumerable<VpdPageCode> SupportedPages()
    {
        List<VpdPageCode> pages =
        [
            VpdPageCode.SupportedVpdPages, VpdPageCode.UnitSerialNumber, VpdPageCode.DeviceIdentification,
            VpdPageCode.SoftwareInterfaceIdentification, VpdPageCode.ExtendedInquiryData, VpdPageCode.ModePagePolicy,
            VpdPageCode.ScsiPorts, VpdPageCode.PowerCondition, VpdPageCode.ScsiFeatureSets, .. OwnVpdPages,
        ];
        if (Options.ManagementUrl.Length > 0) pages.Add(VpdPageCode.ManagementNetworkAddresses);
        return pages.Order();
    }

    /// <summary>The designators of the logical unit itself.</summary>
    protected internal IReadOnlyList<Designator> LogicalUnitDesignators()
    {
        Span<byte> bytes = stackalloc byte[16];
        Id.Write(bytes);
        var vendorSpecific = SerialNumber.Length <= 64 ? SerialNumber : Id.ToString();
        List<Designator> designators = [];
        if (NaaIdentifier.TryRead(bytes, out var naa))
        {
            designators.Add(Designator.Naa(naa));
            designators.Add(Designator.ScsiName("naa." + naa));
        }
        designators.Add(Designator.T10VendorId(Options.VendorId, vendorSpecific));
        return designators;
    }

    private IReadOnlyList<Designator> Designators(TargetPort port)
    {
        var protocol = (ProtocolIdentifier)port.ProtocolIdentifier;
        return
        [
            .. LogicalUnitDesignators(),
            Designator.RelativeTargetPort(port.RelativePortIdentifier),
            Designator.TargetPortGroup(port.TargetPortGroup),
            Designator.ScsiName(port.PortName).For(DesignatorAssociation.TargetPort, protocol),
            Designator.ScsiName(port.Name).For(DesignatorAssociation.TargetDevice, protocol),
        ];
    }

    // The logical unit knows the names of no other ports than the one it is asked through.
    private IReadOnlyList<ScsiPort> Ports(TargetPort asked) =>
    [
        .. TargetPorts(asked.RelativePortIdentifier).Select(port => new ScsiPort(port, null,
            port == asked.RelativePortIdentifier
                ? [Designator.ScsiName(asked.PortName).For(DesignatorAssociation.TargetPort,
                    (ProtocolIdentifier)asked.ProtocolIdentifier)]
                : [])),
    ];

    /// <summary>
    /// What REQUEST SENSE tells a nexus: a unit attention, which it clears; else why the medium cannot be used; else
    /// the power condition (SPC-6, REQUEST SENSE command).
    /// </summary>
    internal Sense TakeSense(ItlNexus itl)
    {
        if (TakeAttentionAsParameterData(itl, out var attention)) return attention;
        if (TryGetNotReady(out var notReady)) return notReady;
        return PowerConditionSense();
    }
}
