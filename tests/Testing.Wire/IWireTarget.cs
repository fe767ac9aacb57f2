using Lunette.Iscsi;

namespace Lunette.Testing.Wire;

/// <summary>A real target over TCP with one disk of <see cref="LengthBytes"/>.</summary>
public interface IWireTarget : IAsyncDisposable
{
    const int LengthBytes = 16 << 20;

    static IscsiName Name { get; } = IscsiName.Parse("iqn.2001-04.com.example:wire");

    int Port { get; }

    int LunNumber { get; }
}

/// <summary>What the initiator proves, and what the target proves; null for none.</summary>
public sealed record WireSecrets(ChapCredentials Host, ChapCredentials? Disk);
