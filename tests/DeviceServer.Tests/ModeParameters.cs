using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>Mode pages over the wire.</summary>
internal static class ModeParameters
{
    /// <summary>One page as MODE SENSE (10) gives it, header cut off.</summary>
    public static byte[] Sense(VirtualInitiator host, int code, int subpage = 0, int control = 0) =>
        host.Ask(Cdb.Of(PrimaryCommands.ModeSense10, ("DBD", 1), ("PC", (ulong)control), ("PAGE CODE", (ulong)code),
            ("SUBPAGE CODE", (ulong)subpage), ("ALLOCATION LENGTH", 4096)))[8..];

    public static ScsiResult Select(VirtualInitiator host, byte[] page, bool save = false)
    {
        byte[] list = [.. new byte[8], .. page];
        list[8] &= 0x7F;
        return host.Run(Cdb.Of(PrimaryCommands.ModeSelect10,
            ("PF", 1), ("SP", save ? 1u : 0u), ("PARAMETER LIST LENGTH", (ulong)list.Length)), list);
    }

    /// <summary>Sets one byte of the control mode page.</summary>
    public static void SetControl(VirtualInitiator host, int at, byte value, bool save = false)
    {
        var page = Sense(host, 0x0A);
        page[at] = value;
        Select(host, page, save).Good();
    }
}
