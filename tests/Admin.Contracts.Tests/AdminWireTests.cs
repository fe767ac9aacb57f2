using System.Text.Json;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;

namespace Lunette.Admin.Contracts.Tests;

public sealed class AdminWireTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_Written_ReadsBack()
    {
        var stream = new MemoryStream();
        await AdminWire.WriteAsync(stream, Request("GetState"), AdminJson.Default.AdminRequest, Stop);
        Assert.Equal([0, 0, 0, (byte)(stream.Length - 4)], stream.ToArray()[..4]);
        stream.Position = 0;
        var read = await AdminWire.ReadAsync(stream, AdminJson.Default.AdminRequest, Stop);
        Assert.Equal("GetState", read!.Verb);
        Assert.Null(await AdminWire.ReadAsync(stream, AdminJson.Default.AdminRequest, Stop));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x02, 0, 0, 1 })]
    [InlineData(new byte[] { 0, 0, 0, 2, (byte)'{', (byte)'}' })]
    [InlineData(new byte[] { 0, 0, 0, 2, (byte)'[', (byte)'x' })]
    [InlineData(new byte[] { 0, 0, 0, 4, (byte)'n', (byte)'u', (byte)'l', (byte)'l' })]
    public async Task Message_Malformed_InvalidData(byte[] bytes) =>
        await Assert.ThrowsAsync<InvalidDataException>(
            async () => await AdminWire.ReadAsync(new MemoryStream(bytes), AdminJson.Default.AdminRequest, Stop));

    [Theory]
    [InlineData("""{"values":[null]}""")]
    [InlineData("""{"values":{}}""")]
    [InlineData("""{"values":[{"name":"a","type":"StringArray","texts":[null]}]}""")]
    [InlineData("""{"values":[{"name":"a","type":"StringArray","texts":"b"}]}""")]
    [InlineData("""{"values":[{"name":"a","type":"List","list":{"values":[null]}}]}""")]
    public void NameValueList_NullAmongItsValues_Malformed(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, AdminJson.Default.NameValueList));

    [Fact]
    public void NameValueList_WithListsAndTexts_ReadsBack()
    {
        var list = NameValueList.Empty.With("a", ["b", "c"]).With("d", NameValueList.Empty.With("e", "f"));
        var json = JsonSerializer.Serialize(list, AdminJson.Default.NameValueList);
        var again = JsonSerializer.Deserialize(json, AdminJson.Default.NameValueList)!;
        Assert.Equal(json, JsonSerializer.Serialize(again, AdminJson.Default.NameValueList));
        Assert.Equal(["b", "c"], again.Find("a")!.Texts);
        Assert.Equal("f", again.FindList("d")!.FindText("e"));
    }

    [Fact]
    public async Task Message_CutAnywhere_EndOfStream()
    {
        var whole = new MemoryStream();
        await AdminWire.WriteAsync(whole, Request("GetTargetList"), AdminJson.Default.AdminRequest, Stop);
        for (var length = 1; length < whole.Length; length++)
        {
            var cut = new MemoryStream(whole.ToArray()[..length]);
            await Assert.ThrowsAnyAsync<IOException>(
                async () => await AdminWire.ReadAsync(cut, AdminJson.Default.AdminRequest, Stop));
        }
    }

    [Fact]
    public async Task Call_DaemonEndsInMidAnswer_ErrorAndNextCallConnectsAgain()
    {
        var connections = 0;
        await using var remote = new RemoteAdmin(() =>
        {
            connections++;
            Stream connection = new Answering([0, 0, 0, 9, (byte)'{']);
            return ValueTask.FromResult(new StmfResult<Stream>(StmfStatus.Success, connection));
        });
        Assert.Equal(StmfStatus.Error, (await remote.GetStateAsync()).Status);
        Assert.Equal(StmfStatus.Error, (await remote.GetStateAsync()).Status);
        Assert.Equal(2, connections);
    }

    [Fact]
    public async Task Call_NoDaemon_ServiceNotFoundAndSaysWhatToDo()
    {
        var path = Path.Combine(Path.GetTempPath(), $"lunette-none-{Environment.ProcessId}.sock");
        await using var remote = RemoteAdmin.OverUnixSocket(path);
        var result = await remote.GetTargetListAsync();
        Assert.Equal(StmfStatus.ServiceNotFound, result.Status);
        Assert.Contains("lunette serve", result.Detail, StringComparison.Ordinal);
        await using var tooLong = RemoteAdmin.OverUnixSocket("/" + new string('x', 200));
        Assert.Equal(StmfStatus.InvalidArg, (await tooLong.GetStateAsync()).Status);
    }

    private static AdminRequest Request(string verb) => new(
        AdminWire.Version, verb,
        System.Text.Json.JsonSerializer.SerializeToElement(NoArguments.Instance, AdminJson.Default.NoArguments));

    /// <summary>Takes whatever is written and answers with given bytes, then ends.</summary>
    private sealed class Answering(byte[] answer) : MemoryStream(answer)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken stop = default) => default;
    }
}
