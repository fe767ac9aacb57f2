using System.Diagnostics;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Lu.Disk.Tests;

/// <summary>A second opinion: sg3-utils decode every page and all sense data we send, without complaint.</summary>
/// <remarks>
/// Alone: a process that is being started holds the locks of files that others have just closed, for a moment.
/// </remarks>
[Collection(Collection)]
public sealed class Sg3UtilsTests : IDisposable
{
    private const string Collection = "processes are started";

    // What the tools say of bytes they do not like, or do not know.
    private static readonly string[] s_complaints =
    [
        "unknown", "unexpected", "too short", "too small", "short descriptor", "malformed", "invalid descriptor",
        "wrong", "truncated", "unable to", "trailing", "bad ", "<<",
    ];

    private readonly TestFolder _folder = new();

    [CollectionDefinition(Collection, DisableParallelization = true)]
    public sealed class Alone;

    public void Dispose() => _folder.Dispose();

    public static TheoryData<bool, int> Disks => new() { { true, 512 }, { false, 512 }, { true, 4096 } };

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task VpdPages_EachThatIsListed_Decode(bool thin, int block)
    {
        var options = DiskRig.Options(block: block, thin: thin);
        await using var rig = await DiskRig.StartAsync(
            options with { Unit = options.Unit with { ManagementUrl = "https://storage.example/" } });
        var listed = Vpd(rig, VpdPageCode.SupportedVpdPages)[4..];
        Assert.Contains((byte)VpdPageCode.ThirdPartyCopy, listed);
        foreach (var page in listed)
        {
            var text = Decode("sg_vpd", Vpd(rig, (VpdPageCode)page), "--raw", $"--page=0x{page:x2}", "--long");
            Assert.True(text.Split('\n').Length > 1, $"page {page:X2}h: {text}");
        }
    }

    [Fact]
    public async Task VpdPage83_OfSgInq_NamesTheLogicalUnit()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var text = Decode("sg_inq", Vpd(rig, VpdPageCode.DeviceIdentification), "--raw", "--id");
        Assert.Contains("0x60000000000000010000000000000001", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task StandardInquiry_Decodes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var text = Decode("sg_inq", rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 255UL)), 255),
            "--raw", "--descriptors");
        Assert.Contains("LUNETTE", text, StringComparison.Ordinal);
        Assert.Contains("3PC=1", text, StringComparison.Ordinal);
        Assert.Contains("SPC-4", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThirdPartyCopyPage_SaysWhatIsThere()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var text = Decode("sg_vpd", Vpd(rig, VpdPageCode.ThirdPartyCopy), "--raw", "--page=0x8f");
        foreach (var wanted in (string[])["Populate token", "Write using token", "Receive ROD token information",
            "Maximum Range Descriptors: 256", "Default Inactivity Timeout: 120 seconds",
            "Maximum Token Lifetime: 86400", "point in time copy - change vulnerable", "block device zero",
            "Supported CSCD IDs", "0xffff",
            "Held Data Limit: 0"])
        {
            Assert.Contains(wanted, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LogPages_EachThatIsListed_Decode(bool thin)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin));
        rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 8), 4096);
        var listed = Log(rig, 0x00, 0xFF)[4..];
        for (var at = 0; at < listed.Length; at += 2)
        {
            // Of the lists of pages it knows that of page 00h; the others are of the same format.
            if (listed[at] != 0 && listed[at + 1] == 0xFF) continue;
            var text = Decode("sg_logs", Log(rig, listed[at], listed[at + 1]), "--raw", "--in");
            Assert.True(text.Split('\n').Length > 1, $"page {listed[at]:X2}h: {text}");
        }
    }

    [Fact]
    public async Task LbaStatus_Decodes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 16, 8), new byte[4096]));
        var status = rig.Read(Cdb.Of(BlockCommands.GetLbaStatus16, ("ALLOCATION LENGTH", 512UL)), 512);
        var text = Decode("sg_get_lba_status", status, "--raw", "--maxlen=512");
        Assert.Contains("LBA: 0x0000000000000010", text, StringComparison.Ordinal);
    }

    // Every code that has a text, so every code we may send; but the one that ATA disks give another layout to.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sense_EachAdditionalSenseCode_DecodesToItsText(bool descriptor)
    {
        var decode = Peer.Require("sg_decode_sense");
        Span<byte> bytes = stackalloc byte[Sense.LengthMax];
        foreach (var (code, words) in AdditionalSenseText.All)
        {
            if (code == (ushort)AdditionalSense.AtaPassThroughInformationAvailable) continue;
            var sense = new Sense(SenseKey.IllegalRequest, (AdditionalSense)code)
            {
                Information = 0x1234,
                InformationValid = true,
                CommandSpecificInformation = 5,
                SenseKeySpecific = Sense.FieldPointer(commandData: true, 3, 4),
            };
            var text = Run(decode, [Convert.ToHexString(bytes[..sense.Write(bytes, descriptor)]), "--nospace"]);
            Assert.Contains("Illegal Request", text, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("Error in Command: byte 3 bit 4", text, StringComparison.Ordinal);
            Assert.Contains("Additional sense: " + words, text, StringComparison.OrdinalIgnoreCase);
            Complain(text.Replace(words, "", StringComparison.OrdinalIgnoreCase), words);
        }
        Assert.All(Enum.GetValues<AdditionalSense>(), code => Assert.Contains((ushort)code, AdditionalSenseText.All));
    }

    private string Decode(string tool, byte[] page, params string[] arguments)
    {
        var program = Peer.Require(tool);
        var file = _folder.File("page.bin");
        File.WriteAllBytes(file, page);
        var all = arguments.Contains("--in")
            ? [.. arguments.Where(argument => argument != "--in"), "--in=" + file]
            : (string[])[.. arguments, "--inhex=" + file];
        var text = Run(program, all);
        // Its words for the provisioning status of a block that is mapped; and what it shows of a page whose bytes are
        // the application client's own.
        Complain(text.Replace("mapped (or unknown)", "mapped", StringComparison.Ordinal)
            .Replace("[truncated after 64 of", "[64 of", StringComparison.Ordinal), tool);
        return text;
    }

    private static void Complain(string text, string about)
    {
        foreach (var complaint in s_complaints)
        {
            Assert.False(text.Contains(complaint, StringComparison.OrdinalIgnoreCase),
                $"{about}: '{complaint}' in\n{text}");
        }
    }

    private static string Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && errors.Result.Length == 0,
            $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{errors.Result}\n{text}");
        return text;
    }

    private static byte[] Vpd(DiskRig rig, VpdPageCode page) => rig.Read(
        Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("PAGE CODE", (ulong)page), ("ALLOCATION LENGTH", 4096UL)),
        4096);

    private static byte[] Log(DiskRig rig, ulong page, ulong subpage) => rig.Read(
        Cdb.Of(PrimaryCommands.LogSense, ("PC", 1UL), ("PAGE CODE", page), ("SUBPAGE CODE", subpage),
            ("ALLOCATION LENGTH", 0x8000UL)), 0x8000);
}
