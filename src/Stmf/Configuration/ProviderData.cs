namespace Lunette.Stmf.Configuration;

/// <summary>The two kinds of providers; the values are libstmf's.</summary>
public enum ProviderType : byte
{
    /// <summary>Provides logical units.</summary>
    LogicalUnit = 1,

    /// <summary>Provides target ports.</summary>
    Port = 2,
}

/// <summary>What one provider keeps in the configuration: opaque to the framework, guarded by a token.</summary>
/// <param name="Type">Kind of provider.</param>
/// <param name="Name">Its name, such as <c>sbd</c>.</param>
/// <param name="Data">Its bytes.</param>
/// <param name="Token">Grows by one with each set; a compare-and-set names the one it has read.</param>
public sealed record ProviderData(ProviderType Type, string Name, ReadOnlyMemory<byte> Data, ulong Token)
{
    /// <summary>What it is found by.</summary>
    public ProviderKey Key => new(Type, Name);
}

/// <summary>Names a provider.</summary>
/// <param name="Type">Kind of provider.</param>
/// <param name="Name">Its name.</param>
public readonly record struct ProviderKey(ProviderType Type, string Name);
