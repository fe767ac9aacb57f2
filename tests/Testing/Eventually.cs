using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Lunette.Testing;

/// <summary>Waiting for what comes after the answer a test has, or beside it: log lines, counters, other connections.
/// </summary>
public static class Eventually
{
    /// <summary>For machines ten times as slow as they should be; whoever is quick does not wait for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks again until it is so; fails with what was found when it never is.</summary>
    public static async Task IsSoAsync(
        Func<Task<bool>> condition, Func<string>? found = null,
        [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > Patience)
                Assert.Fail($"not so within {Patience.TotalSeconds} s: {what}\n{found?.Invoke()}");
            await Task.Delay(s_pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The same for what is known at once.</summary>
    public static Task IsSoAsync(
        Func<bool> condition, Func<string>? found = null,
        [CallerArgumentExpression(nameof(condition))] string what = "") =>
        IsSoAsync(() => Task.FromResult(condition()), found, what);
}
