using System.Runtime.CompilerServices;
using Lunette.Runtime.Sockets;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>A folder for the test's own, and the daemons it starts in it.</summary>
public abstract class EndToEndTests : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("lunette-e2e-").FullName;

    private protected string Home => Path.Combine(Folder, "home");

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where a process may not have so many files and connections open, and some besides.
    /// </summary>
    private protected static void RequireDescriptors(int wanted)
    {
        var most = DescriptorLimit.Raise();
        Assert.SkipUnless(most > wanted + 1000, $"a process may have {most} files open here, and {wanted} are needed");
    }

    private protected static Task WaitForAsync(
        Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Eventually.IsSoAsync(condition, what: what);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
