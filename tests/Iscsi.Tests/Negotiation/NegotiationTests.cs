using System.Text;

namespace Lunette.Iscsi.Tests;

/// <summary>RFC 7143 sections 6.2 and 13: offers, answers and outcomes of every key, on both sides.</summary>
public class NegotiationTests
{
    private static readonly NegotiationTerms s_terms = new()
    {
        HeaderDigests = [Digest.Crc32C, Digest.None],
        DataDigests = [Digest.None],
        MaxRecvDataSegmentLength = 262_144,
        MaxConnections = 4,
        InitialR2T = false,
        ImmediateData = true,
        MaxBurstLength = 1 << 20,
        FirstBurstLength = 65_536,
        DefaultTime2Wait = 2,
        DefaultTime2Retain = 20,
        MaxOutstandingR2T = 8,
        DataPduInOrder = true,
        DataSequenceInOrder = false,
        ErrorRecoveryLevel = 1,
        TaskReporting = [TaskReporting.Rfc3720, TaskReporting.ResponseFence],
        ProtocolLevel = 2,
    };

    private static List<TextPair> Pairs(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).Select(parts => new TextPair(parts[0], parts[1])),
    ];

    private static string Text(TextBuilder builder) =>
        Encoding.UTF8.GetString(builder.Take(1 << 20)).TrimEnd('\0').Replace('\0', ' ');

    private static (NegotiationFault Fault, string Answers, Negotiation Machine) Respond(
        string offers, bool leading = true, NegotiationTerms? terms = null)
    {
        var machine = new Negotiation(NegotiationSide.Target, terms ?? s_terms, leading);
        var answers = new TextBuilder();
        var fault = machine.Receive(Pairs(offers), answers);
        return (fault, Text(answers), machine);
    }

    [Theory]
    // List: the first of the originator's values that the responder takes.
    [InlineData("HeaderDigest=CRC32C,None", "HeaderDigest=CRC32C")]
    [InlineData("HeaderDigest=None,CRC32C", "HeaderDigest=None")]
    [InlineData("HeaderDigest=X-mine,CRC32C", "HeaderDigest=CRC32C")]
    [InlineData("DataDigest=CRC32C,None", "DataDigest=None")]
    [InlineData("DataDigest=CRC32C", "DataDigest=Reject")]
    [InlineData("TaskReporting=FastAbort,ResponseFence", "TaskReporting=ResponseFence")]
    [InlineData("TaskReporting=FastAbort", "TaskReporting=Reject")]
    // Minimum.
    [InlineData("MaxConnections=1", "MaxConnections=1")]
    [InlineData("MaxConnections=65535", "MaxConnections=4")]
    [InlineData("MaxConnections=0", "MaxConnections=Reject")]
    [InlineData("MaxConnections=65536", "MaxConnections=Reject")]
    [InlineData("MaxBurstLength=16776192", "MaxBurstLength=1048576")]
    [InlineData("MaxBurstLength=512", "MaxBurstLength=512")]
    [InlineData("MaxBurstLength=511", "MaxBurstLength=Reject")]
    [InlineData("MaxBurstLength=16777216", "MaxBurstLength=Reject")]
    [InlineData("MaxBurstLength=0x10000", "MaxBurstLength=65536")]
    [InlineData("FirstBurstLength=262144", "FirstBurstLength=65536")]
    [InlineData("FirstBurstLength=8192 MaxBurstLength=4096", "MaxBurstLength=4096 FirstBurstLength=4096")]
    [InlineData("DefaultTime2Retain=0", "DefaultTime2Retain=0")]
    [InlineData("DefaultTime2Retain=3601", "DefaultTime2Retain=Reject")]
    [InlineData("MaxOutstandingR2T=16", "MaxOutstandingR2T=8")]
    [InlineData("ErrorRecoveryLevel=2", "ErrorRecoveryLevel=1")]
    [InlineData("ErrorRecoveryLevel=3", "ErrorRecoveryLevel=Reject")]
    [InlineData("iSCSIProtocolLevel=31", "iSCSIProtocolLevel=2")]
    [InlineData("iSCSIProtocolLevel=32", "iSCSIProtocolLevel=Reject")]
    // Maximum.
    [InlineData("DefaultTime2Wait=0", "DefaultTime2Wait=2")]
    [InlineData("DefaultTime2Wait=60", "DefaultTime2Wait=60")]
    // OR.
    [InlineData("InitialR2T=Yes", "InitialR2T=Yes")]
    [InlineData("InitialR2T=No", "InitialR2T=No")]
    [InlineData("DataPDUInOrder=No", "DataPDUInOrder=Yes")]
    [InlineData("DataSequenceInOrder=No", "DataSequenceInOrder=No")]
    // AND.
    [InlineData("ImmediateData=Yes", "ImmediateData=Yes")]
    [InlineData("ImmediateData=No", "ImmediateData=No")]
    [InlineData("ImmediateData=yes", "ImmediateData=Reject")]
    // Declarative: no answer, but for a value that cannot be.
    [InlineData("MaxRecvDataSegmentLength=16777215", "")]
    [InlineData("MaxRecvDataSegmentLength=100", "MaxRecvDataSegmentLength=Reject")]
    [InlineData("InitiatorAlias=me", "")]
    [InlineData("SessionType=Normal", "")]
    [InlineData("SessionType=Other", "SessionType=Reject")]
    // Unknown and private keys.
    [InlineData("X-com.example.thing=1", "X-com.example.thing=NotUnderstood")]
    [InlineData("Nonsense=?", "Nonsense=NotUnderstood")]
    // Section 13.25: markers.
    [InlineData("IFMarker=No OFMarker=Yes", "IFMarker=No OFMarker=No")]
    [InlineData("IFMarkInt=2048~8192 OFMarkInt=1", "IFMarkInt=Reject OFMarkInt=Reject")]
    // Irrelevant: without unsolicited data, and in a discovery session, wherever the key stands.
    [InlineData("FirstBurstLength=512 InitialR2T=Yes ImmediateData=No",
        "InitialR2T=Yes ImmediateData=No FirstBurstLength=Irrelevant")]
    [InlineData("MaxBurstLength=512 SessionType=Discovery", "MaxBurstLength=Irrelevant")]
    [InlineData("ErrorRecoveryLevel=0 SessionType=Discovery", "ErrorRecoveryLevel=0")]
    public void Responder_Offer_Answer(string offers, string answers)
    {
        var (fault, text, _) = Respond(offers);
        Assert.Equal(NegotiationFault.None, fault);
        Assert.Equal(answers, text);
    }

    [Theory]
    [InlineData("MaxConnections=1 MaxConnections=1", true, NegotiationFault.Renegotiation)]
    [InlineData("MaxRecvDataSegmentLength=512 MaxRecvDataSegmentLength=512", true, NegotiationFault.Renegotiation)]
    [InlineData("TargetPortalGroupTag=1", true, NegotiationFault.KeyNotAllowed)]        // only targets send it
    [InlineData("TargetAlias=a", true, NegotiationFault.KeyNotAllowed)]
    [InlineData("SendTargets=All", true, NegotiationFault.KeyNotAllowed)]               // full feature phase only
    [InlineData("MaxConnections=1", false, NegotiationFault.KeyNotAllowed)]             // leading login only
    [InlineData("CHAP_R=0x00", true, NegotiationFault.KeyNotAllowed)]                   // outside the security stage
    [InlineData("HeaderDigest=NotUnderstood", true, NegotiationFault.AnswerWithoutOffer)]
    [InlineData("X-a=Reject", true, NegotiationFault.AnswerWithoutOffer)]
    [InlineData("SessionType=Normal", false, NegotiationFault.None)]
    [InlineData("HeaderDigest=None", false, NegotiationFault.None)]
    public void Responder_PeerMayNot_Fault(string offers, bool leading, NegotiationFault fault) =>
        Assert.Equal(fault, Respond(offers, leading).Fault);

    [Fact]
    public void Responder_NothingOffered_DefaultsOfTheStandard()
    {
        var machine = Respond("").Machine;
        Assert.Equal(new SessionParameters(), machine.Session);
        Assert.Equal(new ConnectionParameters { MaxRecvDataSegmentLength = 262_144 }, machine.Connection);
    }

    [Fact]
    public void Responder_AfterReject_DefaultStands()
    {
        var machine = Respond("DataDigest=CRC32C MaxBurstLength=1 MaxRecvDataSegmentLength=1").Machine;
        Assert.False(machine.Connection.DataDigest);
        Assert.Equal(262_144, machine.Session.MaxBurstLength);
        Assert.Equal(8192, machine.Connection.MaxSendDataSegmentLength);
        Assert.Equal(NegotiationFault.None, machine.CheckOutcome());
    }

    [Fact]
    public void BothSides_OfferedAndAnswered_AgreeOnEveryParameter()
    {
        var random = new Random(13);
        for (var i = 0; i < 500; i++)
        {
            var ours = RandomTerms(random);
            var theirs = RandomTerms(random);
            var initiator = new Negotiation(NegotiationSide.Initiator, ours, leading: true);
            var target = new Negotiation(NegotiationSide.Target, theirs, leading: true);
            var offers = new TextBuilder();
            initiator.DeclareMaxRecvDataSegmentLength(offers);
            initiator.OfferAll(offers);
            Assert.Equal(TextFault.None, TextFormat.Parse(offers.Take(9999), TextLimits.Negotiation, out var pairs));
            var answers = new TextBuilder();
            target.DeclareMaxRecvDataSegmentLength(answers);
            Assert.Equal(NegotiationFault.None, target.Receive(pairs, answers));
            Assert.Equal(TextFault.None, TextFormat.Parse(answers.Take(9999), TextLimits.Negotiation, out pairs));
            Assert.Equal(NegotiationFault.None, initiator.Receive(pairs, new TextBuilder()));

            Assert.True(initiator.IsSettled);
            Assert.Equal(target.Session, initiator.Session);
            Assert.Equal(target.Connection.HeaderDigest, initiator.Connection.HeaderDigest);
            Assert.Equal(target.Connection.DataDigest, initiator.Connection.DataDigest);
            Assert.Equal(ours.MaxRecvDataSegmentLength, target.Connection.MaxSendDataSegmentLength);
            Assert.Equal(theirs.MaxRecvDataSegmentLength, initiator.Connection.MaxSendDataSegmentLength);
            Assert.True(initiator.Session.FirstBurstLength <= initiator.Session.MaxBurstLength);
        }
    }

    private static NegotiationTerms RandomTerms(Random random) => new()
    {
        HeaderDigests = random.Next(2) == 0 ? [Digest.Crc32C, Digest.None] : [Digest.None],
        DataDigests = random.Next(2) == 0 ? [Digest.None, Digest.Crc32C] : [Digest.Crc32C, Digest.None],
        MaxRecvDataSegmentLength = random.Next(512, 1 << 24),
        MaxConnections = random.Next(1, 10),
        InitialR2T = random.Next(2) == 0,
        ImmediateData = random.Next(2) == 0,
        MaxBurstLength = random.Next(512, 1 << 24),
        FirstBurstLength = random.Next(512, 1 << 24),
        DefaultTime2Wait = random.Next(0, 100),
        DefaultTime2Retain = random.Next(0, 100),
        MaxOutstandingR2T = random.Next(1, 100),
        DataPduInOrder = random.Next(2) == 0,
        DataSequenceInOrder = random.Next(2) == 0,
        ErrorRecoveryLevel = random.Next(3),
        TaskReporting =
            random.Next(2) == 0 ? [TaskReporting.FastAbort, TaskReporting.Rfc3720] : [TaskReporting.Rfc3720],
        ProtocolLevel = random.Next(1, 3),
    };

    private static Negotiation Originator(NegotiationTerms? terms = null)
    {
        var machine = new Negotiation(NegotiationSide.Initiator, terms ?? s_terms, leading: true);
        machine.OfferAll(new TextBuilder());
        return machine;
    }

    [Theory]
    [InlineData("MaxBurstLength=2097152", NegotiationFault.UnlawfulAnswer)]     // more than was offered
    [InlineData("MaxBurstLength=1048576", NegotiationFault.None)]
    [InlineData("MaxBurstLength=x", NegotiationFault.UnlawfulAnswer)]
    [InlineData("DefaultTime2Wait=1", NegotiationFault.UnlawfulAnswer)]         // less than was offered
    [InlineData("DataPDUInOrder=No", NegotiationFault.UnlawfulAnswer)]          // OR, and Yes was offered
    [InlineData("ImmediateData=No", NegotiationFault.None)]
    [InlineData("DataDigest=CRC32C", NegotiationFault.UnlawfulAnswer)]          // was not in the list
    [InlineData("HeaderDigest=CRC32C,None", NegotiationFault.UnlawfulAnswer)]   // an answer is one value
    [InlineData("HeaderDigest=Reject", NegotiationFault.None)]
    [InlineData("TaskReporting=NotUnderstood", NegotiationFault.None)]
    [InlineData("FirstBurstLength=Irrelevant", NegotiationFault.None)]
    [InlineData("HeaderDigest=None HeaderDigest=None", NegotiationFault.Renegotiation)]
    public void Originator_Answer_JudgedByTheOffer(string answers, NegotiationFault fault) =>
        Assert.Equal(fault, Originator().Receive(Pairs(answers), new TextBuilder()));

    [Fact]
    public void Originator_InsistsOnADigest_RejectIsNoOutcome()
    {
        var machine = Originator(s_terms with { HeaderDigests = [Digest.Crc32C] });
        Assert.Equal(NegotiationFault.None, machine.Receive(Pairs("HeaderDigest=Reject"), new TextBuilder()));
        Assert.Equal(NegotiationFault.UnacceptableOutcome, machine.CheckOutcome());
    }

    [Fact]
    public void Originator_Settled_WhenOnlyForegoneOffersAreOpen()
    {
        var machine = Originator();
        Assert.False(machine.IsSettled);
        // InitialR2T=No and DataSequenceInOrder=No were offered and need answers; DataPDUInOrder=Yes does not.
        var answers = "HeaderDigest=None DataDigest=None MaxConnections=1 InitialR2T=Yes ImmediateData=Yes " +
            "MaxBurstLength=512 FirstBurstLength=512 DefaultTime2Wait=2 DefaultTime2Retain=0 MaxOutstandingR2T=1 " +
            "DataSequenceInOrder=Yes ErrorRecoveryLevel=0 TaskReporting=RFC3720 iSCSIProtocolLevel=1";
        Assert.Equal(NegotiationFault.None, machine.Receive(Pairs(answers), new TextBuilder()));
        Assert.True(machine.IsSettled);
    }

    [Fact]
    public void Originator_TargetOffersAKey_AnsweredAsResponder()
    {
        var machine = new Negotiation(NegotiationSide.Initiator, s_terms, leading: true);
        var answers = new TextBuilder();
        Assert.Equal(NegotiationFault.None,
            machine.Receive(Pairs("MaxBurstLength=16384 TargetPortalGroupTag=7 TargetAlias=box"), answers));
        Assert.Equal("MaxBurstLength=16384", Text(answers));
        Assert.Equal("7", machine.Declared(Keys.TargetPortalGroupTag));
        Assert.Equal("box", machine.Declared(Keys.TargetAlias));
        // What the peer has settled is not offered again.
        machine.OfferAll(answers);
        Assert.DoesNotContain("MaxBurstLength", Text(answers), StringComparison.Ordinal);
    }

    [Fact]
    public void Originator_YoungKeysAtTheirDefault_NotOffered()
    {
        var offers = new TextBuilder();
        new Negotiation(NegotiationSide.Initiator, new(), leading: true).OfferAll(offers);
        var text = Text(offers);
        Assert.DoesNotContain("iSCSIProtocolLevel", text, StringComparison.Ordinal);
        Assert.DoesNotContain("TaskReporting", text, StringComparison.Ordinal);
        Assert.Contains("HeaderDigest=None,CRC32C", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Originator_SecondConnection_OffersOnlyTheConnectionsKeys()
    {
        var offers = new TextBuilder();
        new Negotiation(NegotiationSide.Initiator, s_terms, leading: false).OfferAll(offers);
        Assert.Equal("HeaderDigest=CRC32C,None DataDigest=None", Text(offers));
    }

    [Fact]
    public void FullFeaturePhase_OnlyWhatMayChange_IsTaken()
    {
        var machine = Respond("MaxRecvDataSegmentLength=4096 MaxBurstLength=4096").Machine;
        var answers = new TextBuilder();
        for (var i = 0; i < 2; i++)
        {
            machine.BeginTextNegotiation();
            Assert.Equal(NegotiationFault.None,
                machine.Receive(Pairs("MaxRecvDataSegmentLength=1024 SendTargets=All"), answers));
            Assert.Equal("All", machine.Declared(Keys.SendTargets));
        }
        Assert.Equal(1024, machine.Connection.MaxSendDataSegmentLength);
        Assert.Equal(4096, machine.Session.MaxBurstLength);
        machine.BeginTextNegotiation();
        Assert.Null(machine.Declared(Keys.SendTargets));
        Assert.Equal(NegotiationFault.KeyNotAllowed, machine.Receive(Pairs("MaxBurstLength=4096"), answers));
        machine.BeginTextNegotiation();
        Assert.Equal(NegotiationFault.KeyNotAllowed, machine.Receive(Pairs("HeaderDigest=None"), answers));
    }

    [Fact]
    public void Rows_AreWhole()
    {
        Assert.Equal(Keys.Rows.Count, Keys.Rows.Select(row => row.Name).Distinct().Count());
        foreach (var row in Keys.Rows)
        {
            Assert.Same(row, Keys.Find(row.Name));
            Assert.InRange(row.Name.Length, 1, TextLimits.KeyLengthMax);
            Assert.NotEqual(KeySenders.None, row.Senders);
            if (!row.IsNegotiated) continue;
            // A negotiated key has a default, and the default is a value that an offer could carry.
            Assert.NotNull(row.Default);
            Assert.Equal($"{row.Name}={row.Default}", Respond($"{row.Name}={row.Default}", terms: new()).Answers);
        }
        Assert.Null(Keys.Find("X-com.example.key"));
        Assert.Null(Keys.Find("maxconnections"));       // names are case sensitive
    }
}
