namespace Lunette.EndToEnd;

/// <summary>A folder for the test's own, and the daemons it starts in it.</summary>
public abstract class EndToEndTests : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("lunette-e2e-").FullName;

    private protected string Home => Path.Combine(Folder, "home");

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected static async Task WaitForAsync(Func<Task<bool>> condition, int seconds = 30)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        while (!await condition()) await Task.Delay(50, limit.Token);
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
