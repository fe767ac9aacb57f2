using System.Runtime.CompilerServices;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>A folder for the test's own, and the daemons it starts in it.</summary>
public abstract class EndToEndTests : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("lunette-e2e-").FullName;

    private protected string Home => Path.Combine(Folder, "home");

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected static Task WaitForAsync(
        Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Eventually.IsSoAsync(condition, what: what);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
