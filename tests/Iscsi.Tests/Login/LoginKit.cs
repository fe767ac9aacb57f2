using System.Text;

namespace Lunette.Iscsi.Tests;

/// <summary>An initiator typed by hand against the target's machine, and both machines against each other.</summary>
internal static class LoginKit
{
    public static readonly IscsiName Initiator = IscsiName.Parse("iqn.2001-04.com.example:host");
    public static readonly IscsiName Target = IscsiName.Parse("iqn.2001-04.com.example:disk");
    public const string Who = "InitiatorName=iqn.2001-04.com.example:host|";
    public const string Names = Who + "TargetName=iqn.2001-04.com.example:disk|SessionType=Normal|";

    public static readonly Isid Isid = Isid.FromRandom(0x123456, 1);
    public static readonly ChapCredentials Host = new("host", new("the host's secret"u8));
    public static readonly ChapCredentials Disk = new("disk", new("the disk's secret"u8));

    public static readonly TargetLoginTerms ChapTerms = new()
    {
        Authentication = new() { Required = true, Initiator = Host, Target = Disk },
    };

    public static EntropySource Entropy(int seed = 1) => new Random(seed).NextBytes;

    public static TargetLogin NewTarget(LoginLimits? limits = null) => new(limits ?? new(), Entropy(), new(100));

    public static InitiatorLoginSettings Settings => new()
    {
        InitiatorName = Initiator,
        TargetName = Target,
        Isid = Isid,
        CmdSn = new(7),
        InitiatorTaskTag = new(42),
        Cid = new(1),
    };

    /// <summary>Lets everybody in that the terms let in.</summary>
    public static TargetLoginStep Answer(TargetLogin target, TargetLoginStep step, TargetLoginTerms terms)
    {
        if (step.Action == TargetLoginAction.Identify) step = target.Decide(LoginDecision.Accept(terms));
        if (step.Action == TargetLoginAction.Admit)
            step = target.Admit(LoginAdmission.Accept(new(9), new(new(7), new(38))));
        return step;
    }

    /// <summary>Sends one request; '|' stands for NUL.</summary>
    public static TargetLoginStep Send(
        this TargetLogin target, int stage, int? next, string text, bool continues = false,
        TargetLoginTerms? terms = null, Isid? isid = null, Tsih tsih = default, byte versionMin = 0, int ahs = 0)
    {
        Span<byte> bhs = stackalloc byte[48];
        var request = Pdu.Begin<LoginRequest>(bhs);
        request.Transit = next is not null;
        request.Continue = continues;
        request.CurrentStage = (LoginStage)stage;
        request.NextStage = (LoginStage)(next ?? 0);
        request.VersionMin = versionMin;
        request.TotalAhsLength = ahs;
        request.Isid = isid ?? Isid;
        request.Tsih = tsih;
        request.Cid = new(1);
        request.InitiatorTaskTag = new(42);
        request.CmdSn = new(7);
        var data = Encoding.UTF8.GetBytes(text.Replace('|', '\0'));
        request.DataSegmentLength = data.Length;
        return Answer(target, target.Receive(bhs, data), terms ?? new());
    }

    /// <summary>The login ended, and the response says so.</summary>
    public static void Failed(TargetLoginStep step, LoginFault fault, LoginStatus status)
    {
        Assert.Equal((TargetLoginAction.Fail, fault, status), (step.Action, step.Fault, step.Status));
        var response = LoginResponse.Over(step.Response.Span);
        Assert.Equal(status, response.Status);
        Assert.False(response.Transit);
        Assert.Equal(42u, response.InitiatorTaskTag.Value);
        Assert.Equal(Isid, response.Isid);
    }

    /// <summary>The text of a response, '|' for NUL.</summary>
    public static string Text(this TargetLoginStep step) => Text(step.Response.Span);

    public static string Text(ReadOnlySpan<byte> pdu)
    {
        var framing = new PduFraming(pdu, headerDigest: false, dataDigest: false);
        Assert.Equal(pdu.Length, framing.TotalLength);
        return Encoding.UTF8.GetString(pdu.Slice(48, framing.DataSegmentLength)).Replace('\0', '|');
    }

    public static string? Value(this TargetLoginStep step, string key)
    {
        foreach (var pair in step.Text().Split('|'))
            if (pair.StartsWith(key + "=", StringComparison.Ordinal)) return pair[(key.Length + 1)..];
        return null;
    }

    /// <summary>Runs both machines until one of them ends.</summary>
    public static (InitiatorLoginStep Initiator, TargetLoginStep Target, int Requests) Run(
        InitiatorLogin initiator, TargetLogin target, TargetLoginTerms terms)
    {
        var asked = initiator.Start();
        for (var requests = 1; ; requests++)
        {
            Assert.InRange(requests, 1, 20);
            var pdu = asked.Request;
            var answered = Answer(target, target.Receive(pdu.Span, Data(pdu)), terms);
            if (answered.Response.IsEmpty) return (asked, answered, requests);
            asked = initiator.Receive(answered.Response.Span, Data(answered.Response));
            if (asked.Action != InitiatorLoginAction.Request) return (asked, answered, requests);
        }
    }

    private static ReadOnlySpan<byte> Data(ReadOnlyMemory<byte> pdu) =>
        pdu.Span.Slice(48, new PduFraming(pdu.Span, headerDigest: false, dataDigest: false).DataSegmentLength);
}
