using System.Globalization;
using System.Text;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Lu.Disk.Tests;

/// <summary>The page of commands is made of the rows.</summary>
public sealed class CommandPageTests
{
    private const string NoBinding =
        "excluded by the type of logical unit: for administrative ones of a conglomerate, and LU_CONG is zero";
    private const string NoAuxiliaryMemory = "excluded by the device type: its media have no auxiliary memory";

    // Why a command that no standard has given up is refused; by name, and a name with a row must not stand here.
    private static readonly Dictionary<string, string> s_reasons = new()
    {
        ["READ ATTRIBUTE"] = NoAuxiliaryMemory,
        ["WRITE ATTRIBUTE"] = NoAuxiliaryMemory,
        ["RECEIVE CREDENTIAL"] = "obsolete with CBCS of VPD 86h, capability-based command security, since SPC-5",
        ["RECEIVE BINDING REPORT"] = NoBinding,
        ["TEST BIND"] = NoBinding,
        ["PREPARE BINDING REPORT"] = NoBinding,
        ["SET AFFILIATION"] = NoBinding,
        ["BIND"] = NoBinding,
        ["UNBIND"] = NoBinding,
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
        var done = NamesOf(ProtectionType.Type2);
        var known = CommandSet.All.Rows.Select(row => row.Name).ToHashSet();
        Assert.All(s_reasons.Keys, name => Assert.True(known.Contains(name) && !done.Contains(name), name));
    }

    private static string Write()
    {
        var all = NamesOf(ProtectionType.Type2);
        var rows = CommandSet.All.Rows.OrderBy(row => row.OperationCode).ThenBy(row => row.ServiceAction ?? 0).ToList();
        var page = new StringBuilder(
            """
            # Commands of a disk

            Every command of SPC and SBC that has a row in `src/Scsi/Commands`, and what a disk does with it: made of
            the rows, and a test compares. What is refused is answered INVALID COMMAND OPERATION CODE, or INVALID FIELD
            IN CDB where other service actions of the code are there. The reason is one of: no standard has it any more,
            or the type of the device or of the logical unit excludes it.


            """.ReplaceLineEndings("\n"));
        var done = rows.Count(row => all.Contains(row.Name));
        Line(page, $"{rows.Count} commands, {done} implemented, {rows.Count(row => row.IsObsolete)} obsolete.\n");
        Line(page, $"| code | action | command | standard | disk |\n|---|---|---|---|---|");
        foreach (var row in rows)
        {
            var action = row.ServiceAction is { } value ? $"{value:X2}h" : "";
            Line(page,
                $"| {row.OperationCode:X2}h | {action} | {row.Name} | {row.Standard} | {StatusOf(row, all)} |");
        }
        return page.ToString();
    }

    private static string StatusOf(CommandDescriptor row, HashSet<string> all)
    {
        if (all.Contains(row.Name)) return "implemented" + (WhereOf(row) is { Length: > 0 } where ? $", {where}" : "");
        if (row.IsObsolete) return $"refused: {row.Note ?? "obsolete"}";
        return s_reasons.TryGetValue(row.Name, out var reason)
            ? $"refused: {reason}"
            : throw new InvalidOperationException($"{row.Name}: neither implemented nor refused with a reason");
    }

    // On which disks only.
    private static string WhereOf(CommandDescriptor row) =>
        NamesOf(protection: null).Contains(row.Name) ? "" : "disks with type 2 protection";

    private static HashSet<string> NamesOf(ProtectionType? protection)
    {
        var disk = new DiskUnit(DiskRig.Options() with { Protection = protection }, () => default);
        return [.. disk.Commands.Rows.Select(row => row.Descriptor.Name)];
    }

    private static void Line(StringBuilder page, FormattableString line) =>
        page.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
