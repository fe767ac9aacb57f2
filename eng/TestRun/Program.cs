using System.Diagnostics;
using Lunette.TestRun;

var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Lunette.slnx"))) root = Path.GetDirectoryName(root)!;
Directory.SetCurrentDirectory(root);

if (Options.Parse(args, out var problem) is not { } options) return Refuse(problem);
var projects = TestProject.Find(root, options.Project);
if (projects.Count == 0) return Refuse($"no test project {options.Project} among the built ones of Lunette.slnx");

int passed = 0, failed = 0, skipped = 0;
List<TestNote> skips = [];
var secondLooks = new SecondLooks(options);
foreach (var project in projects)
{
    var log = Path.Combine("artifacts", "test", project.Name + ".log");
    Directory.CreateDirectory(Path.GetDirectoryName(log)!);
    var watch = Stopwatch.StartNew();
    var tally = TestProcess.Run(project, options.Methods, options.Limit, log);
    secondLooks.Take(project, tally, log);
    Report(project, tally, watch.Elapsed);
    passed += tally.Passed;
    failed += tally.Failed;
    skipped += tally.Skipped;
    skips.AddRange(tally.Skips);
}

foreach (var reason in skips.GroupBy(skip => skip.Text).OrderByDescending(group => group.Count()))
    Console.WriteLine($"skipped {reason.Count()}: {reason.Key}");
if (secondLooks.Unstable > 0)
    Console.WriteLine($"{secondLooks.Unstable} passed only alone, at the second look: UNSTABLE above names them");
if (passed + failed + skipped == 0) Console.WriteLine($"no test has '{options.Filter}' in its name");
Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
return failed == 0 && passed > 0 ? 0 : 1;

static int Refuse(string problem)
{
    Console.WriteLine($"test: {problem}");
    Console.WriteLine("0 passed, 0 failed, 0 skipped");
    return 2;
}

static void Report(TestProject project, Tally tally, TimeSpan took)
{
    foreach (var warning in tally.Warned) Console.WriteLine($"warning {warning.Name}\n{Indent(warning.Text)}");
    foreach (var unstable in tally.Unstable)
        Console.WriteLine($"UNSTABLE {unstable.Name}: passed alone, after it had failed with\n{Indent(unstable.Text)}");
    foreach (var failure in tally.Failures) Console.WriteLine($"FAILED {failure.Name}\n{Indent(failure.Text)}");
    var counts = $"{tally.Passed,5} passed {tally.Failed,4} failed {tally.Skipped,4} skipped";
    Console.WriteLine($"{project.Name,-24} {counts} {took.TotalSeconds,7:0.0} s");
}

static string Indent(string text) => "    " + text.ReplaceLineEndings("\n    ");
