using System.Text;
using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi.Tests.Kit;

/// <summary>
/// A target as far as an initiator can tell: it logs initiators in with the product's own login machine and serves one
/// disk in memory. What it is told to do wrong it does wrong. Each connection has one <see cref="TargetSide"/>.
/// </summary>
internal sealed class SimulatedTarget(int blocks = 2048)
{
    public const int BlockLength = 512;

    public static readonly IscsiName Name = IscsiName.Parse("iqn.2001-04.com.example:disk");

    public byte[] Disk { get; } = new byte[blocks * BlockLength];

    public string Serial { get; set; } = "SN-0001";

    public TargetLoginTerms Terms { get; set; } = new()
    {
        Negotiation = new()
        {
            InitialR2T = false,
            MaxRecvDataSegmentLength = 64 << 10,
            FirstBurstLength = 128 << 10,
            MaxBurstLength = 256 << 10,
            DefaultTime2Wait = 0,
            MaxOutstandingR2T = 4,
            ProtocolLevel = 2,
        },
    };

    /// <summary>Commands it takes at once.</summary>
    public uint Window { get; set; } = 64;

    /// <summary>Whether a new nexus begins with a unit attention, as after a loss of the old one.</summary>
    public bool AttentionOnLogin { get; set; }

    /// <summary>Never answers a login.</summary>
    public bool Swallow { get; set; }

    /// <summary>Sees each Login Request first; true when it has seen to it.</summary>
    public Intercept? OnLogin { get; set; }

    public Func<LoginIdentity, LoginDecision>? Decide { get; set; }

    /// <summary>Sees each PDU of full feature phase first; true when it has seen to it.</summary>
    public Intercept? OnPdu { get; set; }

    /// <summary>Changes what is about to be sent.</summary>
    public SendHook? OnSend { get; set; }

    public List<TargetSide> Sides { get; } = [];

    public TargetSide Last => Sides[^1];

    public int Logins { get; set; }

    public TargetSide Accept()
    {
        var side = new TargetSide(this);
        Sides.Add(side);
        return side;
    }

    public byte[] Page(byte code) => code switch
    {
        0x80 => Page(code, Encoding.ASCII.GetBytes(Serial)),
        // One designator of the unit, and one of the port, which is nobody's identity.
        0x83 => Page(code, [0x02, 0x01, 0, 8, .. Encoding.ASCII.GetBytes(Serial.PadRight(8)[..8]),
            0x61, 0x94, 0, 4, 0, 0, 0, (byte)Sides.Count]),
        _ => [],
    };

    private static byte[] Page(byte code, byte[] content) => [0, code, 0, (byte)content.Length, .. content];
}

internal delegate bool Intercept(TargetSide side, ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data);

internal delegate void SendHook(TargetSide side, Span<byte> bhs);

internal delegate void LoginChange(LoginResponse response);
