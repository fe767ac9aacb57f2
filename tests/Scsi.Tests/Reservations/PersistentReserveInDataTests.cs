namespace Lunette.Scsi.Tests;

public class PersistentReserveInDataTests
{
    private delegate void DataWriter(ref ParameterDataWriter to);

    private static byte[] Write(DataWriter write)
    {
        var to = new ParameterDataWriter(new byte[1024]);
        write(ref to);
        return to.Written.ToArray();
    }

    [Fact]
    public void Keys_RoundTrip()
    {
        ulong[] keys = [0x1122334455667788, 2];
        var bytes = Write((ref to) => PersistentReserveInData.WriteKeys(ref to, 7, keys));
        Assert.Equal("00000007" + "00000010" + "1122334455667788" + "0000000000000002", Convert.ToHexString(bytes));
        Assert.Equal(keys, PersistentReserveInData.ParseKeys(bytes));
        Assert.Equal(7u, PersistentReserveInData.Generation(bytes));
    }

    [Fact]
    public void Reservation_RoundTripsAndNoneIsEmpty()
    {
        var held = new ReservationDescriptor(5, PersistentReservationType.WriteExclusiveRegistrantsOnly);
        var bytes = Write((ref to) => PersistentReserveInData.WriteReservation(ref to, 1, held));
        Assert.Equal("00000001" + "00000010" + "0000000000000005" + "00000000" + "00" + "05" + "0000",
            Convert.ToHexString(bytes));
        Assert.Equal(held, PersistentReserveInData.ParseReservation(bytes));
        bytes = Write((ref to) => PersistentReserveInData.WriteReservation(ref to, 1, null));
        Assert.Equal("0000000100000000", Convert.ToHexString(bytes));
        Assert.Null(PersistentReserveInData.ParseReservation(bytes));
    }

    [Fact]
    public void FullStatus_RoundTripsAndEndsWhereItIsCut()
    {
        FullStatusDescriptor[] registrations =
        [
            new(1, false, true, PersistentReservationType.ExclusiveAccess, 3, TransportId.Iscsi("iqn.a", 0x23D000001)),
            new(2, true, false, PersistentReservationType.None, 0, TransportId.Sas(9)),
        ];
        var bytes = Write((ref to) => PersistentReserveInData.WriteFullStatus(ref to, 4, registrations));
        Assert.Equal("00000004" + "00000064" + "0000000000000001" + "00000000" + "01" + "03" + "00000000" + "0003"
            + "0000001C", Convert.ToHexString(bytes)[..64]);
        Assert.Equal(registrations, PersistentReserveInData.ParseFullStatus(bytes));
        Assert.Equal(registrations[..1], PersistentReserveInData.ParseFullStatus(bytes.AsSpan(0, bytes.Length - 1)));
    }

    [Fact]
    public void Capabilities_RoundTrip()
    {
        var capabilities = new PersistentReservationCapabilities
        {
            CompatibleReservationHandling = true,
            SpecifyInitiatorPorts = true,
            AllTargetPorts = true,
            PersistThroughPowerLoss = true,
            AllowCommands = 1,
            PersistThroughPowerLossActivated = true,
            TypeMask = PersistentReservationCapabilities.AllTypes,
        };
        var bytes = Write((ref to) => capabilities.Write(ref to));
        Assert.Equal("00081D91EA010000", Convert.ToHexString(bytes));
        Assert.Equal(capabilities, PersistentReservationCapabilities.Parse(bytes));
    }

    [Theory]
    [InlineData(PersistentReservationType.WriteExclusive, true, false, false, false)]
    [InlineData(PersistentReservationType.ExclusiveAccess, true, false, false, true)]
    [InlineData(PersistentReservationType.WriteExclusiveRegistrantsOnly, true, true, false, false)]
    [InlineData(PersistentReservationType.ExclusiveAccessRegistrantsOnly, true, true, false, true)]
    [InlineData(PersistentReservationType.WriteExclusiveAllRegistrants, true, true, true, false)]
    [InlineData(PersistentReservationType.ExclusiveAccessAllRegistrants, true, true, true, true)]
    [InlineData((PersistentReservationType)2, false, false, false, false)]
    [InlineData(PersistentReservationType.None, false, false, false, false)]
    public void Type_Properties_AreTheStandards(
        PersistentReservationType type, bool defined, bool forRegistrants, bool allRegistrants, bool exclusiveAccess) =>
        Assert.Equal((defined, forRegistrants, allRegistrants, exclusiveAccess),
            (type.IsDefined(), type.IsForRegistrants(), type.IsAllRegistrants(), type.IsExclusiveAccess()));
}
