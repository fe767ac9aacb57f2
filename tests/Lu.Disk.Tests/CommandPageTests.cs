using System.Globalization;
using System.Text;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Lu.Disk.Tests;

/// <summary>The page of commands is made of the rows.</summary>
public sealed class CommandPageTests
{
    private const string NoStreams = "for devices with streams: MAXIMUM NUMBER OF STREAMS is zero, no VPD B7h";
    private const string NoElements = "for devices that depopulate: their VPD pages say there is nothing to";
    private const string NoBinding = "for devices with bindings: the views alone say who sees a logical unit";
    private const string NoAuxiliaryMemory = "excluded by the device type: its media have no auxiliary memory";
    private const string NoAliases = "for copy managers that take alias CSCD descriptors: VPD 8Fh lists none";
    private const string NoPriority = "for devices with PRIOR_SUP in VPD 86h: it is zero";
    private const string NoUncorrectable = "for devices with WU_SUP and CRD_SUP in VPD 86h: both are zero";
    private const string NoManagement = "no management protocol is assigned to direct access devices";

    // Why a command that no standard has given up is refused; by name, and a name with a row must not stand here.
    private static readonly Dictionary<string, string> s_reasons = new()
    {
        ["SECURITY PROTOCOL OUT"] = "for protocols that take something: SECURITY PROTOCOL IN lists none",
        ["READ ATTRIBUTE"] = NoAuxiliaryMemory,
        ["WRITE ATTRIBUTE"] = NoAuxiliaryMemory,
        ["RECEIVE CREDENTIAL"] = "obsolete with CBCS of VPD 86h, capability-based command security, since SPC-5",
        ["REPORT ALIASES"] = NoAliases,
        ["CHANGE ALIASES"] = NoAliases,
        ["REPORT PRIORITY"] = NoPriority,
        ["SET PRIORITY"] = NoPriority,
        ["MANAGEMENT PROTOCOL IN"] = NoManagement,
        ["MANAGEMENT PROTOCOL OUT"] = NoManagement,
        ["REMOVE I_T NEXUS"] = "for transports that define removing a nexus: RFC 7144 does not",
        ["RECEIVE BINDING REPORT"] = NoBinding,
        ["TEST BIND"] = NoBinding,
        ["PREPARE BINDING REPORT"] = NoBinding,
        ["SET AFFILIATION"] = NoBinding,
        ["BIND"] = NoBinding,
        ["UNBIND"] = NoBinding,
        ["WRITE STREAM (16)"] = NoStreams,
        ["WRITE STREAM (32)"] = NoStreams,
        ["STREAM CONTROL"] = NoStreams,
        ["GET STREAM STATUS"] = NoStreams,
        ["REPORT PROVISIONING INITIALIZATION PATTERN"] = "for devices with LBPRZ 010b: it is 001b",
        ["FORMAT WITH PRESET"] = "for devices with the Format Presets VPD page: there is none",
        ["WRITE LONG (10)"] = NoUncorrectable,
        ["WRITE LONG (16)"] = NoUncorrectable,
        ["REPORT REFERRALS"] = "for devices with R_SUP in VPD 86h: it is zero",
        ["BACKGROUND CONTROL"] = "for devices with advanced background operations: BOCS in VPD B1h is zero",
        ["GET PHYSICAL ELEMENT STATUS"] = NoElements,
        ["REMOVE ELEMENT AND TRUNCATE"] = NoElements,
        ["RESTORE ELEMENTS AND REBUILD"] = NoElements,
    };

    [Fact]
    public void Page_MadeOfTheRows_IsUpToDate()
    {
        var page = Path.Combine(Repository.Root, "docs", "reference", "commands.md");
        var wanted = Write();
        var written = Path.Combine(AppContext.BaseDirectory, "commands.md");
        File.WriteAllText(written, wanted);
        var there = File.Exists(page) ? File.ReadAllText(page) : "";
        Assert.True(there == wanted, $"{page} is not what the rows say; copy {written} there");
    }

    [Fact]
    public void Reasons_NameRefusedCommandsOnly()
    {
        var thin = NamesOf(thin: true);
        var known = CommandSet.All.Rows.Select(row => row.Name).ToHashSet();
        Assert.All(s_reasons.Keys, name => Assert.True(known.Contains(name) && !thin.Contains(name), name));
    }

    private static string Write()
    {
        var (thin, full) = (NamesOf(thin: true), NamesOf(thin: false));
        var rows = CommandSet.All.Rows.OrderBy(row => row.OperationCode).ThenBy(row => row.ServiceAction ?? 0).ToList();
        var page = new StringBuilder(
            """
            # Commands of a disk

            Every command of SPC and SBC that has a row in `src/Scsi/Commands`, and what a disk does with it: made of
            the rows, and a test compares. What is refused is answered INVALID COMMAND OPERATION CODE, or INVALID FIELD
            IN CDB where other service actions of the code are there.


            """.ReplaceLineEndings("\n"));
        var done = rows.Count(row => thin.Contains(row.Name));
        Line(page, $"{rows.Count} commands, {done} implemented, {rows.Count(row => row.IsObsolete)} obsolete.\n");
        Line(page, $"| code | action | command | standard | disk |\n|---|---|---|---|---|");
        foreach (var row in rows)
        {
            var action = row.ServiceAction is { } value ? $"{value:X2}h" : "";
            Line(page,
                $"| {row.OperationCode:X2}h | {action} | {row.Name} | {row.Standard} | {StatusOf(row, thin, full)} |");
        }
        return page.ToString();
    }

    private static string StatusOf(CommandDescriptor row, HashSet<string> thin, HashSet<string> full)
    {
        if (thin.Contains(row.Name)) return full.Contains(row.Name) ? "implemented" : "implemented, thin disks";
        if (row.IsObsolete) return $"refused: {row.Note ?? "obsolete"}";
        return s_reasons.TryGetValue(row.Name, out var reason)
            ? $"refused: {reason}"
            : throw new InvalidOperationException($"{row.Name}: neither implemented nor refused with a reason");
    }

    private static HashSet<string> NamesOf(bool thin) =>
        [.. new DiskUnit(DiskRig.Options(thin: thin), () => default).Commands.Rows.Select(row => row.Descriptor.Name)];

    private static void Line(StringBuilder page, FormattableString line) =>
        page.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
