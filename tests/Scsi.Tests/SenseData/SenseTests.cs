namespace Lunette.Scsi.Tests;

public class SenseTests
{
    // Every field that sense data can have here, so every descriptor that is written.
    private static readonly Sense s_full = new(SenseKey.MediumError, AdditionalSense.UnrecoveredReadError)
    {
        Deferred = true,
        InformationValid = true,
        Information = 0x11223344,
        CommandSpecificInformation = 0x55667788,
        SenseKeySpecific = Sense.Progress(0x8000),
        FieldReplaceableUnitCode = 0x99,
        Flags = SenseFlags.Filemark | SenseFlags.EndOfMedium | SenseFlags.IncorrectLength,
    };

    private static byte[] Write(Sense sense, bool descriptorFormat)
    {
        var bytes = new byte[Sense.LengthMax];
        return bytes[..sense.Write(bytes, descriptorFormat)];
    }

    [Fact]
    public void Write_InvalidFieldInCdb_FixedFormat() => Assert.Equal(
        "70" + "00" + "05" + "00000000" + "0A"      // response code; segment; key; INFORMATION; additional length
        + "00000000" + "2400" + "00" + "CC0001",    // command specific; ASC,ASCQ; FRU; SKSV C/D BPV bit 4, byte 1
        Convert.ToHexString(Write(Sense.InvalidFieldInCdb(1, 4), descriptorFormat: false)));

    [Fact]
    public void Write_InvalidFieldInCdb_DescriptorFormat() => Assert.Equal(
        "72" + "05" + "2400" + "000000" + "08"      // response code; key; ASC,ASCQ; reserved; additional length
        + "02" + "06" + "0000" + "CC0001" + "00",   // sense key specific descriptor
        Convert.ToHexString(Write(Sense.InvalidFieldInCdb(1, 4), descriptorFormat: true)));

    [Fact]
    public void Write_Miscompare_InformationInBothFormats()
    {
        var sense = new Sense(SenseKey.Miscompare, AdditionalSense.MiscompareDuringVerifyOperation)
        {
            InformationValid = true,
            Information = 0x11223344,
        };
        Assert.Equal("F0000E112233440A000000001D0000000000",
            Convert.ToHexString(Write(sense, descriptorFormat: false)));
        Assert.Equal("720E1D000000000C" + "000A80000000000011223344",
            Convert.ToHexString(Write(sense, descriptorFormat: true)));
    }

    [Fact]
    public void Write_EveryField_FixedFormat() => Assert.Equal(
        "F1" + "00" + "E3" + "11223344" + "0A"      // VALID, deferred; segment; FILEMARK, EOM, ILI, key; INFORMATION
        + "55667788" + "1100" + "99" + "808000",    // command specific; ASC,ASCQ; FRU; SKSV, progress
        Convert.ToHexString(Write(s_full, descriptorFormat: false)));

    [Fact]
    public void Write_EveryDescriptor_DescriptorFormat() => Assert.Equal(
        "73" + "03" + "1100" + "000000" + "28"      // deferred; key; ASC,ASCQ; reserved; additional length
        + "000A8000" + "0000000011223344"           // information: VALID
        + "010A0000" + "0000000055667788"           // command specific information
        + "02060000" + "808000" + "00"              // sense key specific: SKSV, progress
        + "03020099"                                // field replaceable unit
        + "040200E0",                               // stream commands: FILEMARK, EOM, ILI
        Convert.ToHexString(Write(s_full, descriptorFormat: true)));

    [Fact]
    public void Write_IncorrectLengthAlone_BlockCommandsDescriptor() => Assert.Equal(
        "72" + "05" + "2400" + "000000" + "04" + "05020020",
        Convert.ToHexString(Write(
            Sense.Illegal(AdditionalSense.InvalidFieldInCdb) with { Flags = SenseFlags.IncorrectLength },
            descriptorFormat: true)));

    // VALID and INFORMATION are of four bytes in the fixed format; a longer address is in descriptors only.
    [Fact]
    public void Write_InformationOfMoreThanFourBytes_LeftOutOfFixedFormat()
    {
        var sense = new Sense(SenseKey.MediumError, AdditionalSense.UnrecoveredReadError)
        {
            InformationValid = true,
            Information = 0x1_0000_0002,
        };
        Assert.Equal("70000300000000" + "0A" + "00000000" + "1100" + "00" + "000000",
            Convert.ToHexString(Write(sense, descriptorFormat: false)));
        Assert.Equal("720311000000000C" + "000A80000000000100000002",
            Convert.ToHexString(Write(sense, descriptorFormat: true)));
    }

    [Fact]
    public void Write_InvalidFieldInParameterList_PointsIntoTheData()
    {
        var sense = Sense.InvalidFieldInParameterList(0x0102);
        Assert.Equal("70000500000000" + "0A" + "00000000" + "2600" + "00" + "800102",
            Convert.ToHexString(Write(sense, descriptorFormat: false)));
        Assert.Equal("7205260000000008" + "02060000" + "800102" + "00",
            Convert.ToHexString(Write(sense, descriptorFormat: true)));
    }

    [Fact]
    public void Write_NothingBesideTheCode_NoDescriptor()
    {
        var sense = new Sense(SenseKey.UnitAttention, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred);
        Assert.Equal("70000600000000" + "0A" + "00000000" + "2900" + "00" + "000000",
            Convert.ToHexString(Write(sense, descriptorFormat: false)));
        Assert.Equal("7206290000000000", Convert.ToHexString(Write(sense, descriptorFormat: true)));
    }

    [Fact]
    public void Parse_AnythingWritten_IsTheSame()
    {
        var random = new Random(20);
        for (var i = 0; i < 20_000; i++)
        {
            var sense = new Sense((SenseKey)random.Next(16), (AdditionalSense)random.Next(0x10000))
            {
                Deferred = random.Next(2) == 0,
                InformationValid = random.Next(2) == 0,
                CommandSpecificInformation = random.Next(2) == 0 ? 0 : (uint)random.Next(),
                SenseKeySpecific = random.Next(2) == 0 ? 0 : 0x80_0000 | (uint)random.Next(0x80_0000),
                FieldReplaceableUnitCode = (byte)(random.Next(2) * random.Next(256)),
                Flags = (SenseFlags)(random.Next(8) << 5),
            };
            if (sense.InformationValid) sense = sense with { Information = (uint)random.Next() };
            foreach (var format in (bool[])[false, true])
            {
                Assert.True(Sense.TryParse(Write(sense, format), out var read));
                Assert.Equal(sense, read);
            }

            if (!sense.InformationValid) continue;
            var wide = sense with { Information = (ulong)random.NextInt64(), CommandSpecificInformation = 1UL << 40 };
            Assert.True(Sense.TryParse(Write(wide, descriptorFormat: true), out var readWide));
            Assert.Equal(wide, readWide);
        }
    }

    [Fact]
    public void Parse_CutAnywhere_KeepsKeyAndInventsNothing()
    {
        var sense = new Sense(SenseKey.MediumError, AdditionalSense.UnrecoveredReadError)
        {
            InformationValid = true,
            Information = 0x01020304,
            FieldReplaceableUnitCode = 9,
        };
        foreach (var format in (bool[])[false, true])
        {
            var whole = Write(sense, format);
            for (var length = 0; length < whole.Length; length++)
            {
                if (!Sense.TryParse(whole.AsSpan(0, length), out var read)) continue;
                Assert.Equal(SenseKey.MediumError, read.Key);
                Assert.True(read.Information == (read.InformationValid ? sense.Information : 0));
            }
        }
    }

    [Fact]
    public void Parse_RandomBytes_NeverThrows()
    {
        var random = new Random(21);
        var bytes = new byte[64];
        for (var i = 0; i < 50_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)(0x70 + random.Next(5));
            if (Sense.TryParse(bytes.AsSpan(0, random.Next(65)), out var sense)) Assert.NotEmpty(sense.Describe());
        }
    }

    [Fact]
    public void Parse_DirectAccessBlockDeviceDescriptor_FillsAllFields()
    {
        var bytes = Convert.FromHexString("7203110000000018"
            + "0D16" + "A0" + "00" + "800010" + "07" + "0000000100000002" + "0000000000000003");
        Assert.True(Sense.TryParse(bytes, out var sense));
        Assert.Equal(new Sense(SenseKey.MediumError, AdditionalSense.UnrecoveredReadError)
        {
            InformationValid = true,
            Information = 0x1_0000_0002,
            CommandSpecificInformation = 3,
            SenseKeySpecific = 0x800010,
            FieldReplaceableUnitCode = 7,
            Flags = SenseFlags.IncorrectLength,
        }, sense);
    }

    [Theory]
    [InlineData(1, 4, "ILLEGAL REQUEST: INVALID FIELD IN CDB (5/24,00) at CDB byte 1 bit 4")]
    [InlineData(7, -1, "ILLEGAL REQUEST: INVALID FIELD IN CDB (5/24,00) at CDB byte 7")]
    public void Describe_FieldPointer_NamesByteAndBit(int byteIndex, int bit, string text)
    {
        var sense = Sense.InvalidFieldInCdb(byteIndex, bit);
        Assert.Equal(text, sense.Describe());
        Assert.True(sense.TryGetFieldPointer(out var commandData, out var at, out var pointed));
        Assert.Equal((true, byteIndex, bit), (commandData, at, pointed));
    }

    [Fact]
    public void Describe_Progress_IsInPercent()
    {
        var sense = new Sense(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyFormatInProgress)
        {
            SenseKeySpecific = Sense.Progress(0x8000),
        };
        Assert.Equal("NOT READY: LOGICAL UNIT NOT READY, FORMAT IN PROGRESS (2/04,04) 50%", sense.Describe());
        Assert.Equal(0x8000, sense.ProgressIndication);
    }
}
