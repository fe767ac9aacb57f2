using Lunette.Fuzz.Engine;
using Lunette.Scsi;

namespace Lunette.Fuzz.Targets;

/// <summary>What an initiator reads from a hostile device: sense data, INQUIRY and parameter data.</summary>
internal static class ScsiTargets
{
    private delegate object? Parser(ReadOnlySpan<byte> bytes);

    // Which parser is the first byte of the input, modulo their number.
    private static readonly Parser[] s_parsers =
    [
        bytes => SupportedVpdPages.Parse(bytes),
        bytes => UnitSerialNumber.Parse(bytes),
        bytes => DeviceIdentification.Parse(bytes),
        bytes => ManagementNetworkAddresses.Parse(bytes),
        bytes => ExtendedInquiryData.Parse(bytes),
        bytes => ModePagePolicy.Parse(bytes),
        bytes => ScsiPorts.Parse(bytes),
        bytes => PowerCondition.Parse(bytes),
        bytes => ThirdPartyCopy.Parse(bytes),
        bytes => BlockLimits.Parse(bytes),
        bytes => BlockDeviceCharacteristics.Parse(bytes),
        bytes => LogicalBlockProvisioning.Parse(bytes),
        bytes => Referrals.Parse(bytes),
        bytes => SupportedBlockLengths.Parse(bytes),
        bytes => BlockDeviceCharacteristicsExtension.Parse(bytes),
        bytes => ZonedBlockDeviceCharacteristics.Parse(bytes),
        bytes => BlockLimitsExtension.Parse(bytes),
        bytes => FormatPresets.Parse(bytes),
        bytes => ConcurrentPositioningRanges.Parse(bytes),
        bytes => ReadCapacityData.Parse10(bytes),
        bytes => ReadCapacityData.Parse16(bytes),
        bytes => LunInventory.Parse(bytes),
        bytes => SupportedOperationCodesData.ParseAll(bytes),
        bytes => SupportedOperationCodesData.ParseOne(bytes),
        bytes => SupportedTaskManagementFunctions.Parse(bytes),
        bytes => TargetPortGroupsData.Parse(bytes),
        bytes => TargetPortGroupsData.Parse(bytes, extendedHeader: true),
        bytes => PersistentReservationCapabilities.Parse(bytes),
        bytes => PersistentReserveInData.ParseKeys(bytes),
        bytes => PersistentReserveInData.ParseReservation(bytes),
        bytes => PersistentReserveInData.ParseFullStatus(bytes),
        bytes => bytes.Length < 2 ? null : LogPage.Parse(bytes, (LogPageCode)(bytes[0] << 8 | bytes[1])),
    ];

    // The page code each VPD parser wants, so that chance does not have to find it.
    private static readonly byte[] s_pages =
        [0x00, 0x80, 0x83, 0x85, 0x86, 0x87, 0x88, 0x8A, 0x8F, 0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8,
            0xB9];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("sense", "sense data: what is read is written again and read the same", Sense, SenseSeeds),
        new("inquiry", "standard INQUIRY data: what is read is written again and read the same", Inquiry,
            () => [Written((ref to) => new StandardInquiryData { VendorIdentification = "LUNETTE" }.Write(ref to))]),
        new("parameter-data", "VPD pages and other parameter data, as an initiator reads them", ParameterData,
            () => [.. s_pages.Select((page, which) => (byte[])[(byte)which, 0, page, 0, 32, .. new byte[32]]),
                .. Enumerable.Range(s_pages.Length, s_parsers.Length - s_pages.Length)
                    .Select(which => (byte[])[(byte)which, 0, 0, 0, 16, .. new byte[32]])])
        {
            AllocationPerByte = 128,
            Make = MakeParameterData,
        },
        new("designator", "designators and NAA identifiers: written again and read the same", Designators,
            () => [Written((ref to) => Designator.ScsiName("iqn.2026-11.example:disk").Write(ref to)),
                Written((ref to) => Designator.Naa(NaaIdentifier.LocallyAssigned(42)).Write(ref to)),
                Written((ref to) => Designator.Uuid(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)).Write(ref to))])
        {
            LengthMax = 300,
        },
        new("transport-id", "TransportIDs: their normal form is read again and equal", TransportIds,
            () => [TransportId.Iscsi("iqn.2026-11.example:host", 0x23D000001).Wire.ToArray(),
                TransportId.Iscsi("iqn.2026-11.example:host").Wire.ToArray(),
                TransportId.FibreChannel(0x2100000E1E123456).Wire.ToArray(), TransportId.Sas(5).Wire.ToArray()])
        {
            LengthMax = 300,
        },
        new("lun", "LUN structures: canonical equality agrees with hash, order and text", Luns,
            () => [new byte[16], [0x40, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0]])
        {
            LengthMax = 16,
        },
        new("cdb-text", "CDBs as a line for people, and their fields read and written", CdbText,
            () => [[0x28, 0, 0, 0, 8, 0, 0, 0, 1, 0], [0x7F, 0, 0, 0, 0, 0, 0, 0x18, 0, 9, .. new byte[22]]])
        {
            LengthMax = 264,
            AllocationPerByte = 512,
            Make = random => CdbMaker.Make(random, CdbMaker.Commands),
        },
    ];

    private delegate void Writing(ref ParameterDataWriter to);

    private static void Sense(ReadOnlySpan<byte> input)
    {
        if (!Scsi.Sense.TryParse(input, out var sense)) return;
        _ = sense.Describe();
        _ = sense.TryGetFieldPointer(out _, out _, out _);
        Span<byte> bytes = stackalloc byte[Scsi.Sense.LengthMax];
        var length = sense.Write(bytes, descriptorFormat: true);
        FuzzException.Unless(length <= bytes.Length, "sense data is longer than its bound");
        FuzzException.Unless(Scsi.Sense.TryParse(bytes[..length], out var again), "written sense data is not read");
        FuzzException.Unless(again.Key == sense.Key && again.Code == sense.Code && again.Deferred == sense.Deferred,
            $"sense data is read as {sense} and, written, as {again}");
        length = sense.Write(bytes, descriptorFormat: false);
        FuzzException.Unless(length >= Scsi.Sense.FixedLength, "fixed format sense data is short");
        FuzzException.Unless(Scsi.Sense.TryParse(bytes[..length], out again), "written sense data is not read");
        FuzzException.Unless(again.Key == sense.Key && again.Code == sense.Code, "fixed format loses key or code");
    }

    private static void Inquiry(ReadOnlySpan<byte> input)
    {
        if (!StandardInquiryData.TryParse(input, out var data)) return;
        Span<byte> bytes = stackalloc byte[StandardInquiryData.Length];
        var to = new ParameterDataWriter(bytes);
        data.Write(ref to);
        FuzzException.Unless(to.Delivered == bytes.Length, "INQUIRY data has not its length");
        FuzzException.Unless(StandardInquiryData.TryParse(bytes, out var again), "written INQUIRY data is not read");
        FuzzException.Unless(data.Equals(again), "INQUIRY data changes when it is written");
    }

    private static void ParameterData(ReadOnlySpan<byte> input)
    {
        if (!input.IsEmpty) _ = s_parsers[input[0] % s_parsers.Length](input[1..]);
    }

    private static void Designators(ReadOnlySpan<byte> input)
    {
        if (!Designator.TryRead(input, out var designator)) return;
        _ = designator.ToString();
        _ = designator.GetNumber();
        if (designator.TryGetNaa(out var naa))
            FuzzException.Unless(NaaIdentifier.TryParse(naa.ToString(), out var parsed) && parsed.Equals(naa),
                $"the text of {naa} is another identifier");
        Span<byte> bytes = stackalloc byte[4 + Designator.LengthMax];
        var to = new ParameterDataWriter(bytes);
        designator.Write(ref to);
        FuzzException.Unless(to.Length == designator.Length, "a designator is not as long as it says");
        FuzzException.Unless(Designator.TryRead(bytes[..to.Delivered], out var again) && designator.Equals(again),
            "a designator changes when it is written");
    }

    private static void TransportIds(ReadOnlySpan<byte> input)
    {
        if (!TransportId.TryRead(input, out var id, out var consumed, out var errorAt))
        {
            FuzzException.Unless(errorAt < input.Length, "the byte in error is past the end");
            return;
        }
        _ = id.ToString();
        FuzzException.Unless(consumed <= input.Length && consumed % 4 == 0, "a TransportID takes more than there is");
        FuzzException.Unless(id.Length <= TransportId.LengthMax, "a TransportID is longer than its bound");
        FuzzException.Unless(TransportId.TryRead(id.Wire, out var again, out _, out _) && id.Equals(again),
            $"{id} is not read again");
    }

    private static void Luns(ReadOnlySpan<byte> input)
    {
        if (input.Length < 16) return;
        var (one, other) = (Lun.Parse(input), Lun.Parse(input[8..]));
        _ = one.ToString();
        FuzzException.Unless(one.Equals(other) == (one.CompareTo(other) == 0), "order and equality disagree");
        if (one.Equals(other)) FuzzException.Unless(one.GetHashCode() == other.GetHashCode(), "equal, another hash");
        if (one.Number >= 0) FuzzException.Unless(Lun.FromNumber(one.Number).Equals(one), "a number is another LUN");
        Span<byte> bytes = stackalloc byte[8];
        one.Write(bytes);
        FuzzException.Unless(bytes.SequenceEqual(input[..8]), "a LUN is not kept as received");
    }

    private static void CdbText(ReadOnlySpan<byte> input)
    {
        _ = CdbDescription.Describe(input);
        if (CommandSet.All.Find(input) is not { } row || input.Length < row.Layout.Length) return;
        _ = row.Check(input);
        Span<byte> copy = stackalloc byte[input.Length];
        input.CopyTo(copy);
        foreach (var field in row.Layout.Fields) field.Set(copy, field.Get(input));
        FuzzException.Unless(copy.SequenceEqual(input), $"{row.Name}: a field changes when it is written as read");
    }

    private static byte[] Written(Writing write)
    {
        var bytes = new byte[1024];
        var to = new ParameterDataWriter(bytes);
        write(ref to);
        return bytes[..to.Delivered];
    }

    private static IEnumerable<byte[]> SenseSeeds()
    {
        var sense = Scsi.Sense.InvalidFieldInCdb(2, 3) with { InformationValid = true, Information = 0x1234 };
        var bytes = new byte[Scsi.Sense.LengthMax];
        yield return bytes[..sense.Write(bytes, descriptorFormat: false)];
        yield return bytes[..sense.Write(bytes, descriptorFormat: true)];
    }

    private static byte[] MakeParameterData(FuzzRandom random)
    {
        var which = random.Below(s_parsers.Length);
        var body = random.Bytes(random.Below(80));
        for (var i = 0; i < body.Length; i++)
            if (random.OneIn(2)) body[i] = (byte)random.Number(5);
        var page = which < s_pages.Length ? s_pages[which] : random.Byte();
        var length = (ushort)(body.Length + (random.OneIn(3) ? random.Below(9) - 4 : 0));
        return [(byte)which, random.OneIn(2) ? (byte)0 : random.Byte(), page, (byte)(length >> 8), (byte)length,
            .. body];
    }
}
