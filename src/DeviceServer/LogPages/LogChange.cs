using Lunette.Scsi;

namespace Lunette.DeviceServer.LogPages;

/// <summary>What a parameter list of LOG SELECT sets, checked and not yet done.</summary>
internal sealed class LogChange
{
    private const ushort AccountingDateCode = 0x0002;

    /// <summary>What application clients have written, with what the list says; null where it says nothing.</summary>
    public ApplicationClientLog? ApplicationClient { get; private set; }

    /// <summary>ACCOUNTING DATE; null where the list has none.</summary>
    public byte[]? AccountingDate { get; private set; }

    /// <summary>Whether SP means it: DS of a page that it sets is zero.</summary>
    public bool MaySave { get; private set; }

    /// <summary>Reads a list; what is wrong with it, or null.</summary>
    public static Sense? Read(EmulatedUnit unit, ReadOnlySpan<byte> list, out LogChange change)
    {
        change = new LogChange();
        var reader = new ParameterListReader(list);
        var last = -1;
        while (reader.Remaining > 0 && reader.Failure is null) change.ReadPage(unit, ref reader, ref last);
        return reader.Failure;
    }

    private void ReadPage(EmulatedUnit unit, ref ParameterListReader reader, ref int last)
    {
        var at = reader.Position;
        var first = reader.ReadByte();
        var subpage = reader.ReadByte();
        var length = reader.ReadUInt16();
        if (reader.Failure is not null) return;
        var page = (LogPageCode)((first & 0x3F) << 8 | subpage);
        if (subpage != 0 && (first & 0x40) == 0) reader.Refuse(at, bit: 6);
        // SPC-6, LOG SELECT command: pages and parameters come in the order of their codes.
        else if (!unit.LogPages.Contains(page) || (int)page <= last) reader.Refuse(at, bit: 5);
        else if (length > reader.Remaining) reader.Refuse(at + 2);
        if (reader.Failure is not null) return;
        last = (int)page;
        var part = reader.Take(length);
        var lastCode = -1;
        while (part.Remaining > 0 && part.Failure is null) ReadParameter(unit, page, ref part, ref lastCode);
        reader.Join(part);
        MaySave |= (first & 0x80) == 0;
    }

    private void ReadParameter(EmulatedUnit unit, LogPageCode page, ref ParameterListReader part, ref int last)
    {
        var at = part.Position;
        var code = part.ReadUInt16();
        part.Skip(1);       // the parameter control byte: nothing of it can be set
        var length = part.ReadByte();
        if (part.Failure is not null) return;
        var expected = page switch
        {
            LogPageCode.ApplicationClient when code < ApplicationClientLog.ParametersCount =>
                ApplicationClientLog.ValueLength,
            LogPageCode.StartStopCycleCounter when code == AccountingDateCode => UnitHistory.AccountingDateLength,
            _ => -1,
        };
        if (expected < 0 || code <= last) part.Refuse(at);
        else if (length != expected || length > part.Remaining) part.Refuse(at + 3);
        if (part.Failure is not null) return;
        last = code;
        var value = part.ReadBytes(length);
        if (page == LogPageCode.ApplicationClient)
            ApplicationClient = (ApplicationClient ?? unit.ApplicationClient).With(code, value);
        else AccountingDate = value.ToArray();
    }
}
