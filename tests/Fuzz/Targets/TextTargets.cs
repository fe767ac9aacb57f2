using System.Text;
using Lunette.Fuzz.Engine;
using Lunette.Iscsi;

namespace Lunette.Fuzz.Targets;

/// <summary>iSCSI text: pairs, values, names and addresses, and the negotiation of keys.</summary>
internal static class TextTargets
{
    private static readonly string[] s_values =
        ["Yes", "No", "None", "CRC32C", "CRC32C,None", "0", "1", "512", "8192", "65536", "262144", "16777215", "0x1000",
            "Reject", "Irrelevant", "NotUnderstood", "Normal", "Discovery", "All", "", "-1", "4294967296", "0b", "0xFF",
            "ResponseFence", "RFC3720", "iqn.2026-11.example:a", "CHAP", "CHAP,None", "5", "7,5", "10.0.0.1:3260,1"];

    /// <summary>Words of the negotiation.</summary>
    public static IReadOnlyList<byte[]> Words { get; } =
        [.. Keys.Rows.Select(key => Bytes(key.Name + "=")), .. s_values.Select(value => Bytes(value + "\0"))];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("text", "text pairs, whole and cut by C bits: the same pairs, within their limits", Text,
            () => [Bytes("InitiatorName=iqn.2026-11.example:a\0SessionType=Normal\0"), Bytes("A=1\0A=2\0")])
        {
            Make = MakeText,
            Words = Words,
            AllocationBase = 128 << 10,
        },
        new("text-value",
            "numbers, binary values, names, addresses, SendTargets: what is read is written again the same",
            Values, () => [.. s_values.Select(Bytes), Bytes("0x" + new string('a', 64)), Bytes("0bAAAA"),
                Bytes("eui.0123456789abcdef"), Bytes("naa.0123456789abcdef"), Bytes("[fe80::1]:3260,1"),
                Bytes("host.example:860")])
        {
            Words = Words,
            LengthMax = 2200,
        },
        new("negotiation", "what one side answers to a hostile other, and whether honest sides agree", Negotiate,
            () => [Bytes("HeaderDigest=CRC32C,None\0MaxBurstLength=65536\0"),
                Bytes("InitialR2T=No\0ImmediateData=Yes\0"),
                Bytes("X-com.example.key=1\0MaxRecvDataSegmentLength=512\0")])
        {
            Make = MakeText,
            Words = Words,
            AllocationBase = 256 << 10,
            AllocationPerByte = 256,
        },
    ];

    /// <summary>Pairs of known keys and plausible values.</summary>
    public static byte[] MakeText(FuzzRandom random)
    {
        var text = new StringBuilder();
        for (var pairs = 1 + random.Below(6); pairs > 0; pairs--)
        {
            text.Append(random.OneIn(12) ? "X-com.example.a" : random.Of(Keys.Rows).Name).Append('=');
            text.Append(random.OneIn(3) ? random.Number(32).ToString(System.Globalization.CultureInfo.InvariantCulture)
                : random.Of(s_values));
            text.Append('\0');
        }
        return Bytes(text.ToString());
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static void Text(ReadOnlySpan<byte> input)
    {
        var limits = TextLimits.Negotiation;
        var fault = TextFormat.Parse(input, limits, out var pairs);
        FuzzException.Unless(fault == TextFault.None || pairs.Count == 0, "a fault leaves pairs");
        FuzzException.Unless(pairs.Count <= limits.PairsMax, "more pairs than the limit");
        foreach (var (key, value) in pairs)
            FuzzException.Unless(key.Length <= TextLimits.KeyLengthMax && Encoding.UTF8.GetByteCount(value)
                <= limits.ValueLengthMax, "a pair is longer than its limit");
        if (input.IsEmpty) return;

        // Cut in two by the C bit it is the same text.
        var cut = input[0] % input.Length;
        var joined = new TextAccumulator(limits);
        if (cut > 0) FuzzException.Unless(joined.Append(input[..cut], true, out _) == TextFault.None, "a first part");
        var second = joined.Append(input[cut..], false, out var again);
        FuzzException.Unless(second == fault && again.SequenceEqual(pairs), $"cut at {cut}: {second}, whole: {fault}");

        if (fault != TextFault.None) return;
        var builder = new TextBuilder();
        foreach (var (key, value) in pairs) builder.Add(key, value);
        fault = TextFormat.Parse(builder.Take(int.MaxValue), limits, out again);
        FuzzException.Unless(fault == TextFault.None && again.SequenceEqual(pairs), "text changes when it is written");
    }

    private static void Values(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (NumericValue.TryParse(text, 512, 0xFF_FFFF, out var bounded))
            FuzzException.Unless(bounded is >= 512 and <= 0xFF_FFFF, "a number is out of its bounds");
        if (BinaryValue.TryDecode(text, BinaryValue.LengthMax, out var bytes))
        {
            FuzzException.Unless(bytes.Length <= BinaryValue.LengthMax, "a binary value is longer than its bound");
            FuzzException.Unless(BinaryValue.TryDecode(BinaryValue.Encode(bytes), BinaryValue.LengthMax, out var same)
                && same.AsSpan().SequenceEqual(bytes), "a binary value changes when it is written");
        }
        if (IscsiName.TryParse(text, out var name))
        {
            FuzzException.Unless(Encoding.UTF8.GetByteCount(name.Value) <= IscsiName.LengthMax, "a name is too long");
            FuzzException.Unless(IscsiName.TryParse(name.Value, out var same) && same == name, $"{name} folds on");
        }
        if (PortalAddress.TryParse(text, out var address))
            FuzzException.Unless(PortalAddress.TryParse(address!.ToString(), out var same) && same == address,
                $"{address} is read as another address");
        foreach (var session in Enum.GetValues<SessionType>()) _ = SendTargets.TryParseRequest(text, session, out _,
            out _);
        _ = ChapAlgorithms.TryChoose(text, ChapAlgorithms.All, out _);
    }

    private static void Negotiate(ReadOnlySpan<byte> input)
    {
        if (TextFormat.Parse(input, TextLimits.Negotiation, out var pairs) != TextFault.None) return;
        foreach (var side in Enum.GetValues<NegotiationSide>())
        {
            var one = new Negotiation(side, new NegotiationTerms { InitialR2T = false },
                leading: input.Length % 2 == 0);
            var answers = new TextBuilder();
            if (side == NegotiationSide.Initiator) one.OfferAll(answers);
            _ = answers.Take(int.MaxValue);
            if (one.Receive(pairs, answers) != NegotiationFault.None) continue;
            FuzzException.Unless(TextFormat.Parse(answers.Take(int.MaxValue),
                TextLimits.Negotiation with { KeysMayRepeat = true }, out _) == TextFault.None, "an answer is no text");
            if (one.CheckOutcome() == NegotiationFault.None) CheckOutcome(one);
        }
        Agree(input);
    }

    private static void CheckOutcome(Negotiation one)
    {
        var (session, connection) = (one.Session, one.Connection);
        FuzzException.Unless(session.FirstBurstLength <= session.MaxBurstLength,
            "FirstBurstLength over MaxBurstLength");
        FuzzException.Unless(session.MaxBurstLength is >= 512 and <= 0xFF_FFFF, "MaxBurstLength out of its range");
        FuzzException.Unless(session.ErrorRecoveryLevel is >= 0 and <= 2, "ErrorRecoveryLevel out of its range");
        FuzzException.Unless(connection.MaxSendDataSegmentLength is >= 512 and <= 0xFF_FFFF, "segments out of range");
    }

    // Two honest sides with terms taken from the input agree on every parameter.
    private static void Agree(ReadOnlySpan<byte> input)
    {
        var reader = new FuzzReader(input);
        var initiator = new Negotiation(NegotiationSide.Initiator, Terms(ref reader), leading: true);
        var target = new Negotiation(NegotiationSide.Target, Terms(ref reader), leading: true);
        var (asked, answered) = (new TextBuilder(), new TextBuilder());
        initiator.DeclareMaxRecvDataSegmentLength(asked);
        initiator.OfferAll(asked);
        _ = TextFormat.Parse(asked.Take(int.MaxValue), TextLimits.Negotiation, out var pairs);
        FuzzException.Unless(target.Receive(pairs, answered) == NegotiationFault.None, "an honest offer is a fault");
        target.DeclareMaxRecvDataSegmentLength(answered);
        _ = TextFormat.Parse(answered.Take(int.MaxValue), TextLimits.Negotiation, out pairs);
        FuzzException.Unless(initiator.Receive(pairs, asked) == NegotiationFault.None, "an honest answer is a fault");
        FuzzException.Unless(initiator.IsSettled, "an answered negotiation is not settled");
        FuzzException.Unless(initiator.Session == target.Session,
            $"the sides disagree: {initiator.Session} and {target.Session}");
        var (left, right) = (initiator.Connection, target.Connection);
        FuzzException.Unless(left.HeaderDigest == right.HeaderDigest && left.DataDigest == right.DataDigest
            && left.MaxSendDataSegmentLength == right.MaxRecvDataSegmentLength
            && right.MaxSendDataSegmentLength == left.MaxRecvDataSegmentLength,
                $"connections disagree: {left}, {right}");
    }

    private static NegotiationTerms Terms(ref FuzzReader from) => new()
    {
        HeaderDigests = Digests(from.Byte()),
        DataDigests = Digests(from.Byte()),
        MaxRecvDataSegmentLength = 512 + from.UInt16() * 100,
        MaxBurstLength = 512 + from.UInt16() * 200,
        FirstBurstLength = 512 + from.UInt16() * 200,
        MaxConnections = 1 + from.Byte(),
        MaxOutstandingR2T = 1 + from.Byte(),
        DefaultTime2Wait = from.Byte(),
        DefaultTime2Retain = from.Byte(),
        InitialR2T = (from.Byte() & 1) != 0,
        ImmediateData = (from.Byte() & 1) != 0,
        DataPduInOrder = (from.Byte() & 1) != 0,
        DataSequenceInOrder = (from.Byte() & 1) != 0,
        ErrorRecoveryLevel = from.Byte() % 3,
        TaskReporting = (from.Byte() & 1) != 0 ? [TaskReporting.ResponseFence, TaskReporting.Rfc3720]
            : [TaskReporting.Rfc3720],
        ProtocolLevel = 1 + (from.Byte() & 1),
    };

    private static IReadOnlyList<Digest> Digests(byte choice) => (choice % 3) switch
    {
        0 => [Digest.None],
        1 => [Digest.Crc32C, Digest.None],
        _ => [Digest.None, Digest.Crc32C],
    };
}
