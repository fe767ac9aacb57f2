using System.Globalization;

namespace Lunette.TestRun;

/// <summary>What the caller of <c>./test</c> asked for.</summary>
internal sealed record Options(string? Filter, string? Project, TimeSpan Limit, bool Strict)
{
    /// <summary>The filter as the runner takes it; empty for every test.</summary>
    public IReadOnlyList<string> Methods => Filter is null ? [] : [$"*{Filter}*"];

    /// <summary>Null when the arguments make no sense; <paramref name="problem"/> then says why.</summary>
    public static Options? Parse(string[] args, out string problem)
    {
        problem = "";
        var options = new Options(Filter: null, Project: null, TimeSpan.FromMinutes(30), Strict: false);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--project" when value.Length > 0:
                    options = options with { Project = value };
                    i++;
                    break;
                case "--limit-minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var minutes):
                    options = options with { Limit = TimeSpan.FromMinutes(minutes) };
                    i++;
                    break;
                case "--strict":
                    options = options with { Strict = true };
                    break;
                case var word when !word.StartsWith('-') && options.Filter is null:
                    options = options with { Filter = word };
                    break;
                default:
                    problem = $"cannot make sense of '{args[i]}'; ./test --help says what there is";
                    return null;
            }
        }
        return options;
    }
}
