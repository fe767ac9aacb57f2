using System.Globalization;
using System.Text;
using Lunette.Stmf.Transitions;
using Lunette.Testing;

namespace Lunette.Stmf.Tests;

/// <summary>The page of state machines is made of the tables.</summary>
public class StateMachinePageTests
{
    [Fact]
    public void Page_MadeOfTheTables_IsUpToDate()
    {
        var page = Path.Combine(Repository.Root, "docs", "reference", "stmf-state-machines.md");
        var wanted = Write();
        var written = Path.Combine(AppContext.BaseDirectory, "stmf-state-machines.md");
        File.WriteAllText(written, wanted);
        var there = File.Exists(page) ? File.ReadAllText(page) : "";
        Assert.True(there == wanted, $"{page} is not what the tables say; copy {written} there");
    }

    private static string Write()
    {
        var page = new StringBuilder(
            """
            # State machines of the framework

            Made of the tables in `src/Stmf/Transitions`; a test compares. Events that leave a state as it is stand
            under the diagrams with what the asker is told. Everything else is impossible.

            """);
        Describe(page, ObjectTransitions.Table);
        Describe(page, ServiceTransitions.Table);
        Describe(page, ConfigurationTransitions.Table);
        return page.ToString();
    }

    private static void Describe<TState, TEvent, TAction>(
        StringBuilder page, TransitionTable<TState, TEvent, TAction> table)
        where TState : struct, Enum
        where TEvent : struct, Enum
        where TAction : struct, Enum
    {
        var moves = table.Rows.Where(r => !r.From.Equals(r.To)).ToList();
        var stays = table.Rows.Where(r => r.From.Equals(r.To)).ToList();
        Line(page, $"\n## {char.ToUpperInvariant(table.Name[0])}{table.Name[1..]}\n\n```mermaid\nstateDiagram-v2");
        foreach (var row in moves) Line(page, $"    {row.From} --> {row.To}: {row.Event} / {row.Action}");
        Line(page, $"```\n\n| state | event | answer |\n|---|---|---|");
        foreach (var row in stays) Line(page, $"| {row.From} | {row.Event} | {row.Action} |");
    }

    private static void Line(StringBuilder page, FormattableString line) =>
        page.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
