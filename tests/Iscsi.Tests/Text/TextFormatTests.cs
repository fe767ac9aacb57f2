using System.Text;

namespace Lunette.Iscsi.Tests;

public class TextFormatTests
{
    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.Replace('|', '\0'));

    [Fact]
    public void Parse_Pairs_InTheirOrder()
    {
        var fault = TextFormat.Parse(
            Bytes("InitiatorName=iqn.2001-04.com.example:a|X-com.example.k=a=b|SendTargets=|InitiatorAlias=é|"),
            TextLimits.Negotiation, out var pairs);
        Assert.Equal(TextFault.None, fault);
        Assert.Equal(
            [
                new("InitiatorName", "iqn.2001-04.com.example:a"), new("X-com.example.k", "a=b"),
                new("SendTargets", ""), new("InitiatorAlias", "é"),
            ],
            pairs);
    }

    [Theory]
    [InlineData("", TextFault.None)]
    [InlineData("||A=b||", TextFault.None)]             // a NUL too many says nothing
    [InlineData("A=b", TextFault.NotTerminated)]
    [InlineData("Ab|", TextFault.NoEqualsSign)]
    [InlineData("=b|", TextFault.BadKey)]
    [InlineData("1A=b|", TextFault.BadKey)]
    [InlineData("A b=c|", TextFault.BadKey)]
    [InlineData("A=b\n|", TextFault.BadValue)]
    [InlineData("A=b\u007f|", TextFault.BadValue)]
    [InlineData("A=b|B=c|A=b|", TextFault.DuplicateKey)]
    public void Parse_Fault(string text, TextFault fault)
    {
        Assert.Equal(fault, TextFormat.Parse(Bytes(text), TextLimits.Negotiation, out var pairs));
        if (fault != TextFault.None) Assert.Empty(pairs);
    }

    [Fact]
    public void Parse_Bounds_ExactlyAtAndOnePast()
    {
        var limits = new TextLimits(TotalLengthMax: 100, ValueLengthMax: 10, PairsMax: 3, PdusMax: 2);
        TextFault Fault(string text) => TextFormat.Parse(Bytes(text), limits, out _);
        Assert.Equal(TextFault.None, Fault(new string('K', 63) + "=v|"));
        Assert.Equal(TextFault.BadKey, Fault(new string('K', 64) + "=v|"));
        Assert.Equal(TextFault.None, Fault("K=0123456789|"));
        Assert.Equal(TextFault.BadValue, Fault("K=0123456789a|"));
        Assert.Equal(TextFault.None, Fault("A=1|B=2|C=3|"));
        Assert.Equal(TextFault.TooManyPairs, Fault("A=1|B=2|C=3|D=4|"));
        Assert.Equal(TextFault.None, Fault(new string('|', 100)));
        Assert.Equal(TextFault.TooLong, Fault(new string('|', 101)));
    }

    [Fact]
    public void Parse_NotUtf8_BadValue() =>
        Assert.Equal(TextFault.BadValue,
            TextFormat.Parse([(byte)'A', (byte)'=', 0xC3, 0x28, 0], TextLimits.Negotiation, out _));

    [Fact]
    public void Parse_Discovery_KeysMayRepeat()
    {
        var fault = TextFormat.Parse(Bytes("TargetName=a|TargetName=a|"), TextLimits.Discovery, out var pairs);
        Assert.Equal(TextFault.None, fault);
        Assert.Equal(2, pairs.Count);
    }

    [Fact]
    public void Parse_RandomBytes_NeverThrowsAndKeepsTheBounds()
    {
        var random = new Random(720);
        const string Alphabet = "AB=\0,x1\n\u00ff";
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(0, 40)];
            for (var j = 0; j < bytes.Length; j++) bytes[j] = (byte)Alphabet[random.Next(Alphabet.Length)];
            if (TextFormat.Parse(bytes, TextLimits.Negotiation, out var pairs) != TextFault.None)
                Assert.Empty(pairs);
        }
    }

    [Fact]
    public void BuilderAndAccumulator_AnySegmentLength_RoundTrip()
    {
        var random = new Random(77);
        for (var i = 0; i < 300; i++)
        {
            var sent = Enumerable.Range(0, random.Next(1, 20))
                .Select(n => new TextPair($"Key{n}", new string('v', random.Next(0, 50)))).ToList();
            var builder = new TextBuilder();
            foreach (var (key, value) in sent) builder.Add(key, value);
            var accumulator = new TextAccumulator(TextLimits.Negotiation with { PdusMax = 2000 });
            var segmentLength = random.Next(1, 200);
            while (true)
            {
                var segment = builder.Take(segmentLength).ToArray();
                Assert.InRange(segment.Length, 1, segmentLength);
                var continues = builder.Remaining != 0;
                Assert.Equal(TextFault.None, accumulator.Append(segment, continues, out var pairs));
                Assert.Equal(continues, accumulator.IsPartial);
                if (continues) continue;
                Assert.Equal(sent, pairs);
                break;
            }
        }
    }

    [Fact]
    public void Accumulator_Endless_RefusedAtTheBound()
    {
        var limits = new TextLimits(TotalLengthMax: 1000, ValueLengthMax: 10, PairsMax: 3, PdusMax: 5);
        var accumulator = new TextAccumulator(limits);
        for (var i = 0; i < 5; i++)
            Assert.Equal(TextFault.None, accumulator.Append("a"u8, continues: true, out _));
        Assert.Equal(TextFault.TooLong, accumulator.Append("a"u8, continues: true, out _));
        Assert.False(accumulator.IsPartial);
        Assert.Equal(TextFault.None, accumulator.Append(new byte[900], continues: true, out _));
        Assert.Equal(TextFault.TooLong, accumulator.Append(new byte[101], continues: false, out _));
        Assert.Equal(TextFault.EmptyContinuation, accumulator.Append([], continues: true, out _));
        Assert.Equal(TextFault.None, accumulator.Append([], continues: false, out _));
    }

    [Theory]
    [InlineData("0x00ff", "00FF")]
    [InlineData("0XAb", "AB")]
    [InlineData("0x", "")]
    [InlineData("0bAAEC", "000102")]
    [InlineData("0BAAE=", "0001")]
    [InlineData("0xabc", null)]             // an odd number of digits
    [InlineData("0xgg", null)]
    [InlineData("00ff", null)]
    [InlineData("255", null)]
    [InlineData("0bAAE", null)]
    [InlineData("0bA E=", null)]
    [InlineData("0b====", null)]
    [InlineData("0", null)]
    [InlineData("", null)]
    public void BinaryValue_Decode(string text, string? hex)
    {
        Assert.Equal(hex is not null, BinaryValue.TryDecode(text, 16, out var bytes));
        Assert.Equal(hex ?? "", Convert.ToHexString(bytes));
    }

    [Fact]
    public void BinaryValue_Bound_ExactlyAtAndOnePast()
    {
        Assert.True(BinaryValue.TryDecode(BinaryValue.Encode(new byte[16]), 16, out _));
        Assert.False(BinaryValue.TryDecode(BinaryValue.Encode(new byte[17]), 16, out _));
        Assert.True(BinaryValue.TryDecode("0b" + Convert.ToBase64String(new byte[16]), 16, out _));
        Assert.False(BinaryValue.TryDecode("0b" + Convert.ToBase64String(new byte[17]), 16, out _));
        Assert.Equal("0x0a0b", BinaryValue.Encode([10, 11]));
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("8192", 8192L)]
    [InlineData("0x2000", 8192L)]
    [InlineData("0XfF", 255L)]
    [InlineData("007", null)]
    [InlineData("-1", null)]
    [InlineData("+1", null)]
    [InlineData(" 1", null)]
    [InlineData("0x", null)]
    [InlineData("1.5", null)]
    [InlineData("18446744073709551616", null)]
    [InlineData("0x10000000000000000", null)]
    [InlineData("", null)]
    public void NumericValue_Parse(string text, long? value)
    {
        Assert.Equal(value is not null, NumericValue.TryParse(text, out var parsed));
        if (value is not null) Assert.Equal((ulong)value, parsed);
    }
}
