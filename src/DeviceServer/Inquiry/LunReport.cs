using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.DeviceServer.Inquiry;

/// <summary>What REPORT LUNS answers of a LUN map (SPC-6, REPORT LUNS command).</summary>
internal static class LunReport
{
    /// <summary>Writes the list; false where SELECT REPORT has a reserved value.</summary>
    public static bool TryWrite(SelectReport select, LunMap map, ref ParameterDataWriter data)
    {
        switch (select)
        {
            case SelectReport.Addressable:
            case SelectReport.All:
            case SelectReport.NonSubsidiary:
                Span<Lun> luns = new Lun[map.Count];
                for (var i = 0; i < luns.Length; i++) luns[i] = map.Entries[i].Lun;
                LunInventory.Write(ref data, luns);
                return true;
            case SelectReport.WellKnown:
            case SelectReport.Administrative:
            case SelectReport.Subsidiary:
                // There are none of these: no well known logical units, and no conglomerates.
                LunInventory.Write(ref data, []);
                return true;
            default:
                return false;
        }
    }
}
