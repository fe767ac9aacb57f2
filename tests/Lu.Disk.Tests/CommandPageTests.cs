using System.Globalization;
using System.Text;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Lu.Disk.Tests;

/// <summary>The page of commands is made of the rows.</summary>
public sealed class CommandPageTests
{
    private const string NoStreams = "there are no streams to tell the medium of";
    private const string NoElements = "the medium has no physical elements that fail one by one";
    private const string NoBinding = "no binding lists: views decide who sees a logical unit";
    private const string NoAuxiliaryMemory = "there is no medium auxiliary memory";
    private const string NoAliases = "optional; third-party copy names logical units by designator only";

    // Why a command that no standard has given up is refused; by name, and a name with a row must not stand here.
    private static readonly Dictionary<string, string> s_reasons = new()
    {
        ["SECURITY PROTOCOL IN"] = "no security protocol: encryption is the store's",
        ["SECURITY PROTOCOL OUT"] = "no security protocol: encryption is the store's",
        ["READ MEDIA SERIAL NUMBER"] = "the medium has no serial number of its own",
        ["READ ATTRIBUTE"] = NoAuxiliaryMemory,
        ["WRITE ATTRIBUTE"] = NoAuxiliaryMemory,
        ["RECEIVE CREDENTIAL"] = "no capability-based command security",
        ["PERSISTENT RESERVE OUT, REPLACE LOST RESERVATION"] =
            "no reservation is ever lost: damaged state keeps the logical unit offline",
        ["REPORT ALIASES"] = NoAliases,
        ["CHANGE ALIASES"] = NoAliases,
        ["REPORT PRIORITY"] = "priority comes with each command and is not set for a nexus",
        ["SET PRIORITY"] = "priority comes with each command and is not set for a nexus",
        ["MANAGEMENT PROTOCOL IN"] = "no management protocol is defined for disks",
        ["MANAGEMENT PROTOCOL OUT"] = "no management protocol is defined for disks",
        ["SET TARGET PORT GROUPS"] = "access states change implicitly only (TPGS 01b)",
        ["REMOVE I_T NEXUS"] = "sessions are ended by their own ends and by the administrator",
        ["RECEIVE BINDING REPORT"] = NoBinding,
        ["TEST BIND"] = NoBinding,
        ["PREPARE BINDING REPORT"] = NoBinding,
        ["SET AFFILIATION"] = NoBinding,
        ["BIND"] = NoBinding,
        ["UNBIND"] = NoBinding,
        ["ORWRITE (32)"] = "its generations need a bitmap the medium does not keep; ORWRITE (16) is there",
        ["WRITE STREAM (16)"] = NoStreams,
        ["WRITE STREAM (32)"] = NoStreams,
        ["STREAM CONTROL"] = NoStreams,
        ["GET STREAM STATUS"] = NoStreams,
        ["REPORT PROVISIONING INITIALIZATION PATTERN"] = "unmapped blocks read as zeros; there is no other pattern",
        ["FORMAT WITH PRESET"] = "there are no presets",
        ["WRITE LONG (10)"] = "no block can be made uncorrectable; the fault filter does it for tests",
        ["WRITE LONG (16)"] = "no block can be made uncorrectable; the fault filter does it for tests",
        ["REPORT REFERRALS"] = "a logical unit is not divided among target port groups",
        ["BACKGROUND CONTROL"] = "nothing runs in the background",
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
