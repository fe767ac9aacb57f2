using System.Collections.Frozen;
using static Lunette.Iscsi.KeyKind;
using static Lunette.Iscsi.KeyScope;
using static Lunette.Iscsi.KeySenders;
using static Lunette.Iscsi.KeyUse;

namespace Lunette.Iscsi;

/// <summary>Every text key of RFC 7143 sections 12 and 13 and of RFC 7144.</summary>
public static class Keys
{
    /// <summary>The greatest length a 24-bit field holds.</summary>
    private const int Length24 = 0xFF_FFFF;

#pragma warning disable CS1591 // The member's name is the key's; the row says the rest.

    // Who is there.
    public static readonly KeyDescriptor SessionType = Row(
        new("SessionType", "13.21", Declarative, LeadingOnly, Initiator, Session)
        { Default = "Normal", Values = ["Discovery", "Normal"], InSecurityStage = true });
    public static readonly KeyDescriptor InitiatorName = Row(
        new("InitiatorName", "13.5", Declarative, InitializeOnly, Initiator, Session) { InSecurityStage = true });
    public static readonly KeyDescriptor TargetName = Row(
        new("TargetName", "13.4", Declarative, InitializeOnly, Both, Session) { InSecurityStage = true });
    public static readonly KeyDescriptor InitiatorAlias = Row(
        new("InitiatorAlias", "13.7", Declarative, All, Initiator, Session) { InSecurityStage = true });
    public static readonly KeyDescriptor TargetAlias = Row(
        new("TargetAlias", "13.6", Declarative, All, Target, Session) { InSecurityStage = true });
    public static readonly KeyDescriptor TargetAddress = Row(
        new("TargetAddress", "13.8", Declarative, All, Target, Session) { InSecurityStage = true, MayRepeat = true });
    public static readonly KeyDescriptor TargetPortalGroupTag = Row(
        new("TargetPortalGroupTag", "13.9", Declarative, InitializeOnly, Target, Session)
        { Maximum = 0xFFFF, InSecurityStage = true });
    public static readonly KeyDescriptor SendTargets = Row(
        new("SendTargets", "13.3", Declarative, FullFeaturePhaseOnly, Initiator, Session));

    // Authentication (section 12).
    public static readonly KeyDescriptor AuthMethod = Row(
        new("AuthMethod", "12", Security, InitializeOnly, Both, Connection) { InSecurityStage = true });
    public static readonly KeyDescriptor ChapAlgorithm = Row(
        new("CHAP_A", "12.1.3", Security, InitializeOnly, Initiator, Connection) { InSecurityStage = true });
    public static readonly KeyDescriptor ChapIdentifier = Row(
        new("CHAP_I", "12.1.3", Security, InitializeOnly, Both, Connection) { InSecurityStage = true });
    public static readonly KeyDescriptor ChapChallenge = Row(
        new("CHAP_C", "12.1.3", Security, InitializeOnly, Both, Connection) { InSecurityStage = true });
    public static readonly KeyDescriptor ChapName = Row(
        new("CHAP_N", "12.1.3", Security, InitializeOnly, Both, Connection) { InSecurityStage = true });
    public static readonly KeyDescriptor ChapResponse = Row(
        new("CHAP_R", "12.1.3", Security, InitializeOnly, Both, Connection) { InSecurityStage = true });

    // The connection.
    public static readonly KeyDescriptor HeaderDigest = Row(
        new("HeaderDigest", "13.1", List, InitializeOnly, Both, Connection)
        { Default = "None", Values = ["CRC32C", "None"] });
    public static readonly KeyDescriptor DataDigest = Row(
        new("DataDigest", "13.1", List, InitializeOnly, Both, Connection)
        { Default = "None", Values = ["CRC32C", "None"] });
    public static readonly KeyDescriptor MaxRecvDataSegmentLength = Row(
        new("MaxRecvDataSegmentLength", "13.12", Declarative, All, Both, Connection)
        { Default = "8192", Minimum = 512, Maximum = Length24 });

    // The session.
    public static readonly KeyDescriptor MaxConnections = Row(
        new("MaxConnections", "13.2", NumericalMinimum, LeadingOnly, Both, Session)
        { Default = "1", Minimum = 1, Maximum = 0xFFFF, IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor InitialR2T = Row(
        new("InitialR2T", "13.10", BooleanOr, LeadingOnly, Both, Session)
        { Default = "Yes", IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor ImmediateData = Row(
        new("ImmediateData", "13.11", BooleanAnd, LeadingOnly, Both, Session)
        { Default = "Yes", IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor MaxBurstLength = Row(
        new("MaxBurstLength", "13.13", NumericalMinimum, LeadingOnly, Both, Session)
        { Default = "262144", Minimum = 512, Maximum = Length24, IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor FirstBurstLength = Row(
        new("FirstBurstLength", "13.14", NumericalMinimum, LeadingOnly, Both, Session)
        { Default = "65536", Minimum = 512, Maximum = Length24, IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor DefaultTime2Wait = Row(
        new("DefaultTime2Wait", "13.15", NumericalMaximum, LeadingOnly, Both, Session)
        { Default = "2", Maximum = 3600 });
    public static readonly KeyDescriptor DefaultTime2Retain = Row(
        new("DefaultTime2Retain", "13.16", NumericalMinimum, LeadingOnly, Both, Session)
        { Default = "20", Maximum = 3600 });
    public static readonly KeyDescriptor MaxOutstandingR2T = Row(
        new("MaxOutstandingR2T", "13.17", NumericalMinimum, LeadingOnly, Both, Session)
        { Default = "1", Minimum = 1, Maximum = 0xFFFF, IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor DataPduInOrder = Row(
        new("DataPDUInOrder", "13.18", BooleanOr, LeadingOnly, Both, Session)
        { Default = "Yes", IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor DataSequenceInOrder = Row(
        new("DataSequenceInOrder", "13.19", BooleanOr, LeadingOnly, Both, Session)
        { Default = "Yes", IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor ErrorRecoveryLevel = Row(
        new("ErrorRecoveryLevel", "13.20", NumericalMinimum, LeadingOnly, Both, Session)
        { Default = "0", Maximum = 2 });
    public static readonly KeyDescriptor TaskReporting = Row(
        new("TaskReporting", "13.23", List, LeadingOnly, Both, Session)
        { Default = "RFC3720", Values = ["RFC3720", "ResponseFence", "FastAbort"], IrrelevantInDiscovery = true });
    public static readonly KeyDescriptor ISCSIProtocolLevel = Row(
        new("iSCSIProtocolLevel", "13.24", NumericalMinimum, LeadingOnly, Both, Session)
        { Default = "1", Maximum = 31, IrrelevantInDiscovery = true });

    // Markers, which no longer exist (section 13.25).
    public static readonly KeyDescriptor IfMarker = Row(
        new("IFMarker", "13.25", Obsolete, InitializeOnly, Both, Connection));
    public static readonly KeyDescriptor OfMarker = Row(
        new("OFMarker", "13.25", Obsolete, InitializeOnly, Both, Connection));
    public static readonly KeyDescriptor IfMarkInt = Row(
        new("IFMarkInt", "13.25", Obsolete, InitializeOnly, Both, Connection));
    public static readonly KeyDescriptor OfMarkInt = Row(
        new("OFMarkInt", "13.25", Obsolete, InitializeOnly, Both, Connection));
#pragma warning restore CS1591

    private static List<KeyDescriptor>? s_rows;

    private static readonly FrozenDictionary<string, KeyDescriptor> s_byName =
        s_rows!.ToFrozenDictionary(row => row.Name, StringComparer.Ordinal);

    /// <summary>Every row.</summary>
    public static IReadOnlyList<KeyDescriptor> Rows => s_rows!;

    /// <summary>The row of a key; null for one that is not known, and for every X- key.</summary>
    public static KeyDescriptor? Find(string name) => s_byName.GetValueOrDefault(name);

    private static KeyDescriptor Row(KeyDescriptor row)
    {
        s_rows ??= [];
        row = row with { Index = s_rows.Count };
        s_rows.Add(row);
        return row;
    }
}
