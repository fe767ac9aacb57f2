using System.Text;
using Lunette.Fuzz.Engine;
using Lunette.Iscsi;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// Logins against a hostile peer, CHAP included. The input is a byte of choices, then PDUs: a basic header segment each
/// and, behind its length in two bytes, the data segment.
/// </summary>
internal static class LoginTargets
{
    private const string InitiatorKeys =
        "InitiatorName=iqn.2026-11.example:a\0TargetName=iqn.2026-11.example:t\0SessionType=Normal\0";

    private static readonly string[] s_texts =
    [
        InitiatorKeys, InitiatorKeys + "AuthMethod=CHAP,None\0", "CHAP_A=5,7\0", "CHAP_A=8\0",
        "CHAP_N=user\0CHAP_R=0x00112233445566778899aabbccddeeff\0", "CHAP_I=1\0CHAP_C=0x0011\0", "AuthMethod=None\0",
        "AuthMethod=CHAP\0TargetPortalGroupTag=1\0", "CHAP_A=5\0CHAP_I=1\0CHAP_C=0x00112233445566778899aabbccddeeff\0",
        "CHAP_N=target\0CHAP_R=0x00112233445566778899aabbccddeeff\0", "HeaderDigest=CRC32C,None\0InitialR2T=No\0",
        "HeaderDigest=None\0DataDigest=None\0InitialR2T=Yes\0ImmediateData=Yes\0MaxBurstLength=262144\0",
        "SessionType=Discovery\0InitiatorName=iqn.2026-11.example:a\0", "TargetAddress=10.0.0.1:3260,1\0", "",
    ];

    private static readonly ChapCredentials s_user = new("user", new ChapSecret("0123456789ab"u8));
    private static readonly ChapCredentials s_target = new("target", new ChapSecret("ba9876543210"u8));
    private static readonly Isid s_isid = new(0x23D000001);

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("target-login", "the target's login against a hostile initiator: it ends, and nothing is let in unproven",
            Target, () => Seeds(PduOpCode.LoginRequest))
        {
            Make = random => Make(random, PduOpCode.LoginRequest),
            Words = TextTargets.Words,
            AllocationBase = 512 << 10,
            AllocationPerByte = 512,
            StepsPerByte = 20_000,
        },
        new("initiator-login", "the initiator's login against a hostile target: it ends, and CHAP is not talked away",
            Initiator, () => Seeds(PduOpCode.LoginResponse))
        {
            Make = random => Make(random, PduOpCode.LoginResponse),
            Words = TextTargets.Words,
            AllocationBase = 512 << 10,
            AllocationPerByte = 512,
            StepsPerByte = 20_000,
        },
        new("login-stream",
            "bytes on a connection that may not log in: whole Login Responses in answer, and an end by its deadline",
            LoginStreamRun.Run, () => Seeds(PduOpCode.LoginRequest).Select(Stream))
        {
            Make = random => Stream(Make(random, PduOpCode.LoginRequest)),
            Words = TextTargets.Words,
            LengthMax = 16384,
            AllocationBase = 2 << 20,
            AllocationPerByte = 512,
            StepsBase = 4_000_000,
            StepsPerByte = 20_000,
            ShortRun = 300,
        },
    ];

    private static void Target(ReadOnlySpan<byte> input)
    {
        var reader = new FuzzReader(input);
        var choices = reader.Byte();
        var required = (choices & 1) != 0;
        var terms = new TargetLoginTerms
        {
            Authentication = new()
            {
                Required = required,
                Initiator = required || (choices & 2) != 0 ? s_user : null,
                Target = (choices & 4) != 0 ? s_target : null,
            },
            TargetAlias = (choices & 8) != 0 ? "a disk" : null,
        };
        var limits = new LoginLimits();
        var login = new TargetLogin(limits, Entropy(), new StatSn(1));
        for (var received = 0; !reader.IsEmpty; received++)
        {
            FuzzException.Unless(received <= limits.RequestsMax, "a login takes more requests than its limit");
            if (!TryTake(ref reader, out var header, out var data)) return;
            var step = login.Receive(header, data);
            if (step.Action == TargetLoginAction.Identify)
            {
                FuzzException.Unless(login.Identity is not null, "nobody to be identified");
                step = login.Decide((choices & 0x30) == 0x30
                    ? LoginDecision.Redirect(new PortalAddress("10.0.0.1", 3260, 1), permanently: true)
                    : LoginDecision.Accept(terms));
            }
            if (step.Action == TargetLoginAction.Admit)
                step = login.Admit(LoginAdmission.Accept(new Tsih(1), new CommandWindow(new CmdSn(1), new CmdSn(8))));
            CheckPdu(step.Response.Span, PduOpCode.LoginResponse);
            if (step.Action == TargetLoginAction.Complete)
            {
                FuzzException.Unless(!required || login.Outcome!.ProvenName == "user", "let in without a proof");
                return;
            }
            if (step.Action != TargetLoginAction.Respond)
            {
                FuzzException.Unless(step.Action == TargetLoginAction.Fail, $"left with {step.Action}");
                FuzzException.Unless(step.Fault != LoginFault.None && step.Status != LoginStatus.Success,
                    "failed for nothing");
                FuzzException.Unless(login.Outcome is null, "a failed login has an outcome");
                return;
            }
        }
    }

    private static void Initiator(ReadOnlySpan<byte> input)
    {
        var reader = new FuzzReader(input);
        var choices = reader.Byte();
        var login = new InitiatorLogin(new()
        {
            InitiatorName = IscsiName.Parse("iqn.2026-11.example:a"),
            TargetName = IscsiName.Parse("iqn.2026-11.example:t"),
            Isid = s_isid,
            InitiatorTaskTag = new InitiatorTaskTag(1),
            Credentials = (choices & 3) != 0 ? s_user : null,
            TargetCredentials = (choices & 2) != 0 ? s_target : null,
            MayGoUnauthenticated = (choices & 4) != 0,
        }, Entropy());
        CheckPdu(login.Start().Request.Span, PduOpCode.LoginRequest);
        for (var received = 0; !reader.IsEmpty; received++)
        {
            FuzzException.Unless(received <= InitiatorLogin.ResponsesMax,
                "a login takes more responses than its limit");
            if (!TryTake(ref reader, out var header, out var data)) return;
            var step = login.Receive(header, data);
            CheckPdu(step.Request.Span, PduOpCode.LoginRequest);
            if (step.Action == InitiatorLoginAction.Complete)
                FuzzException.Unless((choices & 2) == 0 || login.Outcome!.TargetProven, "a target is taken unproven");
            if (step.Action != InitiatorLoginAction.Request) return;
        }
    }

    private static bool TryTake(ref FuzzReader reader, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> data)
    {
        header = reader.Bytes(BasicHeaderSegment.Length);
        data = reader.Block();
        return header.Length == BasicHeaderSegment.Length;
    }

    private static void CheckPdu(ReadOnlySpan<byte> pdu, PduOpCode opCode)
    {
        if (pdu.IsEmpty) return;
        var framing = new PduFraming(pdu, false, false);
        FuzzException.Unless(new BasicHeaderSegment(pdu).OpCode == opCode, "another PDU than a login's");
        FuzzException.Unless(framing.TotalLength == pdu.Length, "a PDU is not as long as it says");
        FuzzException.Unless(framing.DataSegmentLength <= LoginLimits.DataSegmentLengthMax, "a login PDU is too long");
    }

    // A challenge no input can foresee would make executions differ; this one differs from call to call only.
    private static EntropySource Entropy()
    {
        byte next = 1;
        return destination =>
        {
            foreach (ref var value in destination) value = next++;
        };
    }

    private static IEnumerable<byte[]> Seeds(PduOpCode opCode)
    {
        byte[] none = [0];
        byte[] chap = [1];
        yield return [.. none, .. One(opCode, 0x81, s_texts[1]), .. One(opCode, 0x87, s_texts[11])];
        yield return [.. none, .. One(opCode, 0x87, s_texts[0])];
        yield return [.. chap, .. One(opCode, 0x01, s_texts[1]), .. One(opCode, 0x01, s_texts[2]),
            .. One(opCode, 0x81, s_texts[4])];
        yield return [.. chap, .. One(opCode, 0x01, s_texts[7]), .. One(opCode, 0x01, s_texts[8]),
            .. One(opCode, 0x81, s_texts[9]), .. One(opCode, 0x87, s_texts[11])];
    }

    // T, C, CSG and NSG lie in one byte.
    private static byte[] One(PduOpCode opCode, byte stages, string text)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var pdu = new byte[BasicHeaderSegment.Length + 2];
        pdu[0] = (byte)opCode;
        pdu[1] = stages;
        pdu[6] = (byte)(data.Length >> 8);
        pdu[7] = (byte)data.Length;
        s_isid.Write(pdu.AsSpan(8, 6));
        pdu[15] = opCode == PduOpCode.LoginResponse ? (byte)1 : (byte)0;
        pdu[19] = 1;
        (pdu[48], pdu[49]) = (pdu[6], pdu[7]);
        return [.. pdu, .. data];
    }

    // The same PDUs as they are on the wire: data segments padded, and no length between.
    private static byte[] Stream(byte[] input)
    {
        var reader = new FuzzReader(input);
        List<byte> stream = [reader.Byte()];
        while (TryTake(ref reader, out var header, out var data))
            stream.AddRange([.. header, .. data, .. new byte[-data.Length & 3]]);
        return [.. stream];
    }

    private static byte[] Make(FuzzRandom random, PduOpCode opCode)
    {
        List<byte> input = [random.OneIn(2) ? (byte)0 : (byte)random.Below(16)];
        for (var pdus = 1 + random.Below(5); pdus > 0; pdus--)
        {
            byte[] stages = [0x81, 0x01, 0x87, 0x04, 0x83, 0x41, 0x44, 0x84];
            var text = random.OneIn(3) ? Encoding.UTF8.GetString(TextTargets.MakeText(random)) : random.Of(s_texts);
            input.AddRange(One(opCode, random.OneIn(10) ? random.Byte() : random.Of(stages), text));
        }
        return [.. input];
    }
}
