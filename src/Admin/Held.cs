namespace Lunette.Admin;

/// <summary>A turn that was waited for and is given back once.</summary>
/// <param name="turn">Whose.</param>
internal sealed class Held(SemaphoreSlim turn) : IDisposable
{
    private int _given;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _given, 1) == 0) turn.Release();
    }
}
