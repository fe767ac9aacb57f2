namespace Lunette.Stmf.Configuration;

/// <summary>A configuration store that lasts as long as its process: persist method none, and tests.</summary>
public sealed class MemoryConfigStore : IConfigStore
{
    private readonly Lock _gate = new();
    private StmfConfiguration _configuration = StmfConfiguration.Empty;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConfigurationChange>> LoadAsync(CancellationToken stop)
    {
        lock (_gate) return new(_configuration.AsChanges().ToList());
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<ConfigurationChange> changes)
    {
        lock (_gate)
        {
            var edit = _configuration.Edit();
            foreach (var change in changes)
            {
                var applied = edit.Apply(change);
                if (!applied.Succeeded) throw new ConfigStoreException($"{change} does not apply: {applied}");
            }
            _configuration = edit.Build();
        }
        return ValueTask.CompletedTask;
    }
}
