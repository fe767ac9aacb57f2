using System.Globalization;
using System.Text;
using Lunette.Scsi;

namespace Lunette.DeviceServer.LogPages;

/// <summary>
/// The last errors of the medium and of the logical unit, as words (SPC-6, Last n Error Events log page). Changes under
/// the logical unit's lock.
/// </summary>
internal sealed class ErrorEvents
{
    /// <summary>How many are remembered.</summary>
    public const int CountMax = 16;

    private readonly Queue<(CommandDescriptor Command, Sense Sense)> _events = new(CountMax);

    /// <summary>A command has ended with one.</summary>
    public void Note(CommandDescriptor command, in Sense sense)
    {
        if (_events.Count == CountMax) _events.Dequeue();
        _events.Enqueue((command, sense));
    }

    /// <summary>Forgets them.</summary>
    public void Clear() => _events.Clear();

    /// <summary>Writes the parameters: the later an event, the higher its code.</summary>
    public void Write(ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        ushort code = 0;
        foreach (var (command, sense) in _events)
            writer.Write(ref data, code++, LogPage.AsciiList | LogPage.NotSaved, WordsOf(command, sense));
    }

    private static byte[] WordsOf(CommandDescriptor command, in Sense sense)
    {
        var code = (ushort)sense.Code;
        var words = string.Create(CultureInfo.InvariantCulture,
            $"{command.Name}: {(byte)sense.Key:X}h/{code >> 8:X2}h,{code & 0xFF:X2}h");
        if (sense.InformationValid)
            words += string.Create(CultureInfo.InvariantCulture, $" at LBA {sense.Information}");
        return Encoding.ASCII.GetBytes(words);
    }
}
