namespace Lunette.Scsi;

/// <summary>SERVICE TYPE of a management network address.</summary>
public enum NetworkServiceType : byte
{
#pragma warning disable CS1591 // The member's name is the standard's.
    Unspecified = 0,
    StorageConfigurationService = 1,
    Diagnostics = 2,
    Status = 3,
    Logging = 4,
    CodeDownload = 5,
    CopyService = 6,
    AdministrativeConfigurationService = 7,
#pragma warning restore CS1591
}

/// <summary>One descriptor of the Management Network Addresses VPD page.</summary>
/// <param name="Association">What is managed there.</param>
/// <param name="Service">SERVICE TYPE.</param>
/// <param name="Address">A URL.</param>
public readonly record struct ManagementNetworkAddress(
    DesignatorAssociation Association, NetworkServiceType Service, string Address);

/// <summary>Management Network Addresses VPD page, 85h.</summary>
public static class ManagementNetworkAddresses
{
    /// <summary>Writes the page; each address is ended and filled with zeros to a multiple of four bytes.</summary>
    public static void Write(
        ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<ManagementNetworkAddress> addresses)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.ManagementNetworkAddresses);
        foreach (var address in addresses)
        {
            to.WriteByte((byte)address.Association << 5 | (byte)address.Service & 0x1F);
            to.WriteByte(0);
            var lengthAt = to.ReserveUInt16();
            to.WriteUtf8(address.Address);
            to.WriteZeros(4 - (to.Length - lengthAt - 2) % 4);
            to.CloseUInt16(lengthAt);
        }

        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page up to the first descriptor that is cut off; null when it is none.</summary>
    public static IReadOnlyList<ManagementNetworkAddress>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.ManagementNetworkAddresses, out var view)) return null;
        List<ManagementNetworkAddress> addresses = [];
        for (var at = VpdPage.HeaderLength; view.Has(at, 4 + view.UInt16(at + 2)); at += 4 + view.UInt16(at + 2))
        {
            addresses.Add(new(
                (DesignatorAssociation)view.Bits(at, 5, 2), (NetworkServiceType)view.Bits(at, 0, 5),
                view.Utf8(at + 4, view.UInt16(at + 2))));
        }

        return addresses;
    }
}
