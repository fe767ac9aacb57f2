using Lunette.Admin.Contracts;
using Lunette.Testing.Admin;

namespace Lunette.Admin.Tests.Verbs;

/// <summary>
/// One set of test bodies for the verbs; it runs once against the administrator in the process and once through the
/// socket.
/// </summary>
public abstract class AdministratorTests : IAsyncLifetime
{
    private protected AdminKit Kit { get; private set; } = null!;

    private protected ILunetteAdmin Admin => Remote ? Kit.Remote : Kit.Local;

    private protected abstract bool Remote { get; }

    public async ValueTask InitializeAsync() => Kit = await AdminKit.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Kit.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static Devid Name(string text)
    {
        Assert.True(Devid.TryParse(text, out var devid), text);
        return devid;
    }

    private protected async Task<Devid> MakeTargetAsync(string name = "iqn.2026-11.example:t")
    {
        var made = await Admin.CreateIscsiTargetAsync(new() { Name = name });
        Assert.Equal(StmfStatus.Success, made.Status);
        await Kit.Framework.WaitForTargetAsync(name, online: true, TestContext.Current.CancellationToken);
        return Name(name);
    }

    private protected async Task<StmfGuid> MakeDiskAsync(string file = "/disks/a.img")
    {
        var resource = new LuResource();
        resource.Set(LuProperty.Filename, file);
        var made = await Admin.CreateLuAsync(resource);
        Assert.Equal(StmfStatus.Success, made.Status);
        return made.Value;
    }

    private protected static void Is(StmfStatus expected, StmfResult result) =>
        Assert.True(expected == result.Status, $"expected {expected}, got {result.Status}: {result.Detail}");

    private protected static void Is<T>(StmfStatus expected, StmfResult<T> result) => Is(expected, result.WithoutValue);
}
