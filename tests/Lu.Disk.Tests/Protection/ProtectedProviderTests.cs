using Lunette.Backing;
using Lunette.Backing.Workers;
using Lunette.Lu.Disk.Provider;
using Lunette.Port.Virtual;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.Protection;

/// <summary>Protected disks that are made of files, and opened again.</summary>
public sealed class ProtectedProviderTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lunette-protected-");
    private readonly BufferPool _pool = new(16 << 20);
    private readonly StoreWorkers _workers = new();

    public async ValueTask DisposeAsync()
    {
        await _workers.DisposeAsync();
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task FormatUnit_ThenOpenedAgain_SameTypeAndSameInformation()
    {
        var path = Path.Combine(_folder.FullName, "a.img");
        var made = await NewProvider().CreateAsync(Properties(path, 1 << 20, ProtectionType.Type1), _ => false);
        Assert.True(made.Succeeded, made.Reason);
        Assert.Equal((1 << 20) + (16 << 10), new FileInfo(path).Length);
        var unit = ProtectedRig.Unit(ProtectedRig.Block(1), 1, 77);
        await With(made.Disk!, host =>
        {
            DiskRigGood(host, [0x04, 0xD0, 0, 0, 0, 0], [1, 0, 0, 0]);
            DiskRigGood(host, Cdb.Blocks(BlockCommands.Write16, 9, 1, ("WRPROTECT", 1UL), ("FUA", 1UL)), unit);
        });
        var opened = await NewProvider().ImportAsync(path);
        Assert.True(opened.Succeeded, opened.Reason);
        Assert.Equal(ProtectionType.Type3, opened.Disk!.ProtectionType);
        await With(opened.Disk, host =>
        {
            var there = new byte[520];
            var cdb = Cdb.Blocks(BlockCommands.Read16, 9, 1, ("RDPROTECT", 1UL));
            Assert.True(Run(host, new ScsiRequest(cdb) { DataIn = there }).IsGood);
            Assert.Equal(unit, there);
        });
    }

    [Fact]
    public async Task Create_OverAFileWithData_BlocksStayAndNothingPassesForTags()
    {
        var path = Path.Combine(_folder.FullName, "b.img");
        var bytes = new byte[2 << 20];
        Array.Fill(bytes, (byte)7);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        var made = await NewProvider().CreateAsync(Properties(path, 1 << 20, ProtectionType.Type1), _ => false);
        Assert.True(made.Succeeded, made.Reason);
        await With(made.Disk!, host =>
        {
            var there = new byte[520];
            var cdb = Cdb.Blocks(BlockCommands.Read16, 2047, 1, ("RDPROTECT", 1UL));
            Assert.True(Run(host, new ScsiRequest(cdb) { DataIn = there }).IsGood);
            Assert.Equal((7, ProtectionInformation.Default), (there[0], ProtectedRig.TagsOf(there)));
        });
    }

    private static DiskProperties Properties(string path, long length, ProtectionType type) =>
        new() { DataPath = path, LengthBytes = length, Protection = type };

    private static void DiskRigGood(VirtualInitiator host, byte[] cdb, byte[] data) =>
        DiskRig.Good(Run(host, new ScsiRequest(cdb) { DataOut = data }));

    private static ScsiResult Run(VirtualInitiator host, in ScsiRequest request)
    {
        var command = host.Start(request);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                ((ManualLoop)host.Loop).Pump();
                return command.HasEnded;
            },
            TimeSpan.FromSeconds(120)));
        var result = command.ToResult();
        command.Ended = null;
        return result;
    }

    private static async Task With(DiskUnit disk, Action<VirtualInitiator> act)
    {
        using var target = await VirtualTarget.StartAsync(disk);
        var host = target.Login("iqn.2026-11.example:host");
        Run(host, new ScsiRequest(new byte[6]));
        act(host);
        host.Dispose();
        ((ManualLoop)host.Loop).Pump();
        var offline = await disk.OfflineAsync(TestContext.Current.CancellationToken);
        Assert.True(offline.Succeeded, offline.Reason);
    }

    private DiskProvider NewProvider() => new(
        new StoreOpener(_pool, _workers), _workers,
        new DiskIdSource(TimeProvider.System, SystemEntropy.Instance), Path.Combine(_folder.FullName, "meta"),
        TimeProvider.System);
}
