using System.Diagnostics;
using Lunette.Adapter.Disks;
using Lunette.Testing;
using Lunette.Testing.Wire;

namespace Lunette.Adapter.Iscsi.Tests;

/// <summary>A file system that QEMU put on a disk, copied out through our stream, is whole.</summary>
public sealed class FileSystemTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lunette-ext4-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("lunette")]
    [InlineData("tgt")]
    public async Task Ext4_PutByQemu_CopiedOutThroughTheStream_IsWholeFileByFile(string peer)
    {
        Peer.RequirePackage("qemu-block-extra");
        var image = Path.Combine(_folder.FullName, "in.ext4");
        var copy = Path.Combine(_folder.FullName, "out.ext4");
        var files = Path.Combine(Repository.Root, "src", "Scsi", "Commands");
        await RunAsync("mke2fs", "-q", "-t", "ext4", "-d", files, image, $"{IWireTarget.LengthBytes / 1024}k");
        await using var rig = new PeerRig(await PeerRig.StartTargetAsync(peer));
        var url = $"iscsi://127.0.0.1:{rig.Target.Port}/{IWireTarget.Name}/{rig.Lun}";
        await RunAsync("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, url);

        await using (var disk = await ScsiDisk.OpenAsync(rig.Adapter, 1, Scsi.Lun.FromNumber(rig.Lun))
            .WaitAsync(PeerRig.Patience))
        await using (var from = disk.OpenStream())
        await using (var to = File.Create(copy))
        {
            // A length that is no multiple of a block: the ends of every access are unaligned.
            await from.CopyToAsync(to, 100_001).WaitAsync(PeerRig.Patience);
        }

        await RunAsync("e2fsck", "-f", "-n", copy);
        var unpacked = _folder.CreateSubdirectory("files");
        await RunAsync("debugfs", "-R", $"rdump / {unpacked.FullName}", copy);
        var expected = Directory.GetFiles(files, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(expected);
        foreach (var file in expected)
        {
            var back = Path.Combine(unpacked.FullName, Path.GetRelativePath(files, file));
            Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(back));
        }
    }

    private static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Peer.Require(program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(PeerRig.Patience);
        Assert.True(process.ExitCode == 0, $"{program}: {await output}{await said}");
    }
}
