using Lunette.Adapter;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Scsi;

namespace Lunette.Admin.Adapters;

/// <summary>
/// Asks the targets of an adapter what they have, as cfgmgr does. A device that nobody has started is started for the
/// question and stopped after it. What targets say is bounded and made fit to be shown.
/// </summary>
internal sealed class AdapterDiscovery(ScsiAdapter adapter, AdapterDefinition definition)
{
    private const int UnitsMax = 256;
    private const int TimeoutSeconds = 10;

    /// <summary>What was found, in the order of addresses.</summary>
    public async Task<IReadOnlyList<AdapterFinding>> RunAsync()
    {
        var findings = new List<AdapterFinding>();
        foreach (var target in definition.Targets)
        {
            if (definition.Transport == AdapterTransportType.SgIo)
                findings.Add(await LookAsync(target, target.Lun));
            else
                await LookAtAllAsync(target, findings);
        }
        return findings;
    }

    private async Task LookAtAllAsync(AdapterTarget target, List<AdapterFinding> into)
    {
        const int ListLength = 8 + (UnitsMax * 8);
        byte[] reportLuns = [0xA0, 0, 0, 0, 0, 0, 0, 0, ListLength >> 8, ListLength & 0xFF, 0, 0];
        var answer = await AskAsync(target.ScsiId, 0, reportLuns, ListLength);
        if (answer.Errno is not (0 or (int)Errno.EIO))
        {
            into.Add(Nothing(target, -1, $"{answer.Error}: {answer.Meaning}"));
            return;
        }
        // A target that knows no REPORT LUNS has LUN 0.
        string? complaint = null;
        var units = answer.Succeeded ? LunInventory.Numbers(answer.Data, UnitsMax, out complaint) : [0];
        foreach (var unit in units) into.Add(await LookAsync(target, unit));
        if (complaint is not null) into.Add(Nothing(target, -1, complaint));
    }

    private async Task<AdapterFinding> LookAsync(AdapterTarget target, int lun)
    {
        var answer = await AskAsync(target.ScsiId, lun, [0x12, 0, 0, 0, StandardInquiryData.Length, 0],
            StandardInquiryData.Length);
        if (!answer.Succeeded) return Nothing(target, lun, $"{answer.Error}: {answer.Meaning}");
        if (!StandardInquiryData.TryParse(answer.Data, out var inquiry))
            return Nothing(target, lun, "the INQUIRY data is too short");
        const int PageLength = 252;
        var page = await AskAsync(target.ScsiId, lun, [0x12, 1, 0x80, 0, PageLength, 0], PageLength);
        var serial = page.Succeeded ? UnitSerialNumber.Parse(page.Data) : null;
        return new(target.ScsiId, target.Address, lun, inquiry.Peripheral.DeviceType.ToString(),
            Printable(inquiry.VendorIdentification), Printable(inquiry.ProductIdentification),
            Printable(inquiry.ProductRevisionLevel), Printable(serial ?? ""), null);
    }

    private async Task<AdapterAnswer> AskAsync(ulong scsiId, int lun, byte[] cdb, int length)
    {
        var error = adapter.Open(AdapterCaller.Privileged, OpenExtension.None, out var file);
        if (error != Errno.None) return AdapterAnswers.Of(error, IoctlNumber.SCIOLCMD);
        using (file)
        {
            var device = new ScsiSciolst { ScsiId = scsiId, LunId = Lun.FromNumber(lun).Wire };
            var isMine = await file!.IoctlAsync(IoctlNumber.SCIOLSTART, device) == Errno.None;
            var answer = await AdapterOperations.CommandAsync(adapter, new AdapterCommandArguments
            {
                Adapter = adapter.Name,
                ScsiId = scsiId,
                Lun = lun,
                Cdb = cdb,
                DataInLength = length,
                TimeoutSeconds = TimeoutSeconds,
            });
            if (isMine) await file.IoctlAsync(IoctlNumber.SCIOLSTOP, device);
            return answer;
        }
    }

    private static AdapterFinding Nothing(AdapterTarget target, int lun, string error) =>
        new(target.ScsiId, target.Address, lun, "", "", "", "", "", error);

    private static string Printable(string text) =>
        string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsControl(from[i]) ? '?' : from[i];
        }).Trim();
}
