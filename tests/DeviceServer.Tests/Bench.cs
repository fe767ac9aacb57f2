using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>One block unit at LUN 0, the fallback unit everywhere else, and initiators that log in on demand.</summary>
internal sealed class Bench : IDisposable
{
    private readonly Dictionary<string, VirtualInitiator> _hosts = [];

    private Bench(VirtualTarget target, BlockUnit unit)
    {
        Target = target;
        Unit = unit;
    }

    public VirtualTarget Target { get; }

    public BlockUnit Unit { get; }

    /// <summary>The first initiator; its attentions of the first contact are taken.</summary>
    public VirtualInitiator A => Host("a");

    /// <summary>Another one.</summary>
    public VirtualInitiator B => Host("b");

    public static async Task<Bench> StartAsync(Func<UnitOptions, UnitOptions>? with = null)
    {
        var unit = BlockUnit.Make(with);
        return new Bench(await VirtualTarget.StartAsync(new FallbackUnit(), [unit]), unit);
    }

    public VirtualInitiator Host(string name)
    {
        if (_hosts.TryGetValue(name, out var known)) return known;
        var host = Target.Login("iqn.2026-11.test:" + name);
        _hosts[name] = host;
        ClearAttentions(host);
        return host;
    }

    /// <summary>A host that has not said anything yet.</summary>
    public VirtualInitiator Stranger(string name) => _hosts[name] = Target.Login("iqn.2026-11.test:" + name);

    public static void ClearAttentions(VirtualInitiator host)
    {
        for (var i = 0; i < 64; i++)
            if (host.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).SenseKeyOf() != SenseKey.UnitAttention) return;
        Assert.Fail("unit attentions without end");
    }

    public void Dispose()
    {
        Unit.ReleaseAll();
        foreach (var host in _hosts.Values)
        {
            Unit.ReleaseAll();
            Assert.Empty(host.Pool.DescribeLeases());
            host.Dispose();
            Assert.True(host.IsClosed, "nothing of the session is left");
        }
        Assert.Equal(0, Unit.TaskCount);
    }
}

/// <summary>CDBs by field name.</summary>
internal static class Cdb
{
    public static byte[] Of(CommandDescriptor command, params (string Field, ulong Value)[] fields)
    {
        var cdb = new byte[Math.Max(16, command.Layout.Length)];
        command.Begin(cdb);
        foreach (var (field, value) in fields) command.Layout[field].Set(cdb, value);
        return cdb;
    }

    public static byte[] Read10(uint lba, ushort blocks = 1) =>
        Of(BlockCommands.Read10, ("LOGICAL BLOCK ADDRESS", lba), ("TRANSFER LENGTH", blocks));

    public static byte[] Write10(uint lba, ushort blocks = 1) =>
        Of(BlockCommands.Write10, ("LOGICAL BLOCK ADDRESS", lba), ("TRANSFER LENGTH", blocks));
}

/// <summary>Short ways to say what tests say often.</summary>
internal static class Wording
{
    public static ScsiResult Run(
        this VirtualInitiator host, byte[] cdb, byte[]? dataOut = null, Memory<byte> dataIn = default, int lun = 0) =>
        host.Execute(new ScsiRequest(cdb) { DataOut = dataOut, DataIn = dataIn, Lun = Lun.FromNumber(lun) });

    /// <summary>Runs a command that answers parameter data; GOOD is expected.</summary>
    public static byte[] Ask(this VirtualInitiator host, byte[] cdb, int room = 4096, int lun = 0)
    {
        var bytes = new byte[room];
        var result = host.Run(cdb, dataIn: bytes, lun: lun);
        Assert.True(result.IsGood, Describe(result));
        return bytes[..result.DataInLength];
    }

    public static void Good(this ScsiResult result) => Assert.True(result.IsGood, Describe(result));

    public static void Is(this ScsiResult result, ScsiStatus status) => Assert.Equal(status, result.Status);

    public static void Check(this ScsiResult result, SenseKey key, AdditionalSense code)
    {
        Assert.Equal(ScsiStatus.CheckCondition, result.Status);
        Assert.Equal((key, code), (result.SenseKeyOf(), result.CodeOf()));
    }

    /// <summary>INVALID FIELD IN CDB pointing at a byte.</summary>
    public static void CheckField(this ScsiResult result, int byteIndex, int bit = -1)
    {
        result.Check(SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, byteIndex, bit), FieldPointerOf(result));
    }

    /// <summary>INVALID FIELD IN PARAMETER LIST pointing at a byte.</summary>
    public static void CheckParameter(this ScsiResult result, int byteIndex, int bit = -1)
    {
        result.Check(SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList);
        Assert.Equal(Sense.FieldPointer(commandData: false, byteIndex, bit), FieldPointerOf(result));
    }

    public static SenseKey SenseKeyOf(this ScsiResult result) =>
        result.SenseData.Length < 14 ? SenseKey.NoSense : (SenseKey)(result.SenseData.Span[2] & 0x0F);

    public static AdditionalSense CodeOf(this ScsiResult result) => result.SenseData.Length < 14
        ? AdditionalSense.NoAdditionalSenseInformation
        : (AdditionalSense)BinaryPrimitives.ReadUInt16BigEndian(result.SenseData.Span[12..]);

    private static uint FieldPointerOf(ScsiResult result)
    {
        var sense = result.SenseData.Span;
        return (uint)(sense[15] << 16 | sense[16] << 8 | sense[17]);
    }

    private static string Describe(ScsiResult result) => $"{result.Status} {result.SenseKeyOf()} {result.CodeOf()}";
}
