using Lunette.Proxy.Frames;
using Lunette.Proxy.Owner;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Proxy.Tests;

/// <summary>Frames whose fields have values that nothing here knows.</summary>
public sealed class FrameTests
{
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData((byte)TaskAttribute.Aca, 15, true)]
    [InlineData((byte)TaskAttribute.Aca + 1, 0, false)]
    [InlineData(255, 0, false)]
    [InlineData(0, 16, false)]
    public async Task Command_AttributeAndPriority_OnlyThoseThereAre(byte attribute, byte priority, bool taken)
    {
        using var buffers = new BufferPool(1 << 20);
        await using var node = await Node.StartAsync(0);
        var bytes = new FrameWriter(FrameKind.Command)
            .Long(Node.Id.High).Long(Node.Id.Low).Long(0).Long(1).Byte(attribute).Byte(priority).Word(0)
            .Bytes(new byte[6]).Bytes([]).End();
        var read = Read(bytes.AsSpan(5), node, buffers);
        Assert.Equal(taken, read is not null);
        if (read is null) return;
        Assert.Equal(((TaskAttribute)attribute, priority), (read.Attribute, read.Priority));
    }

    private static OwnedTask? Read(ReadOnlySpan<byte> fields, Node node, BufferPool buffers)
    {
        var meet = new FrameReader(new FrameWriter(FrameKind.Meet)
            .Long(1).Text("host").Text("host,i").Bytes([]).Text("").Text("").Text("port").Text("port,t").Byte(5)
            .Word(1).Word(1).End().AsSpan(5));
        var activity = node.Framework.CountOn(new ManualLoop());
        var nexus = Assert.NotNull(OwnedNexus.Read(ref meet, activity, DateTimeOffset.UnixEpoch)).Nexus.Nexus;
        var frame = new FrameReader(fields);
        return OwnedTask.Read(ref frame, new Door(Stream.Null), buffers, 1, nexus)?.Task;
    }
}
