using System.Buffers.Binary;
using System.Text;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Checks;

/// <summary>
/// Reads along one connection and holds both sides to RFC 7143: command and status sequence numbers, windows, DataSN
/// and R2TSN, bursts within their R2T, and one answer to each task. It knows nothing of the product's own parsing.
/// </summary>
internal sealed class WireChecker
{
    private const uint None = 0xFFFFFFFF;

    private readonly Dictionary<uint, OpenTask> _open = [];
    private readonly Dictionary<uint, (uint At, uint End)> _bursts = [];
    private readonly List<uint> _repeated = [];
    private readonly StringBuilder _loginText = new();
    private uint _cmdSn;
    private uint _statSn;
    private uint _expCmdSn;
    private uint _maxCmdSn;
    private bool _anyRequest;
    private bool _anyResponse;
    private int _number;

    public PduStream FromInitiator { get; } = new();

    public PduStream FromTarget { get; } = new();

    /// <summary>The target gets a request of the initiator once more. What has no place in the order of commands is
    /// answered once more too; anything else must not be.</summary>
    public void Repeated(ReadOnlySpan<byte> pdu)
    {
        if ((pdu[0] & 0x40) != 0) _repeated.Add(Word(pdu, 16));
    }

    public void InitiatorSends(ReadOnlySpan<byte> bytes)
    {
        FromInitiator.Add(bytes);
        while (FromInitiator.TryTake(out var header, out _)) Request(header);
    }

    public void TargetSends(ReadOnlySpan<byte> bytes)
    {
        FromTarget.Add(bytes);
        while (FromTarget.TryTake(out var header, out var data)) Response(header, data);
    }

    private void Request(ReadOnlySpan<byte> pdu)
    {
        var opCode = pdu[0] & 0x3F;
        var tag = Word(pdu, 16);
        if (opCode == 0x05)
        {
            DataOut(pdu, tag);
            return;
        }
        if (opCode == 0x10) return;
        var immediate = (pdu[0] & 0x40) != 0;
        var cmdSn = Word(pdu, 24);
        if (!_anyRequest) _cmdSn = cmdSn;
        Must(cmdSn == _cmdSn, $"CmdSN {cmdSn}, not {_cmdSn}, opcode {opCode:X2}");
        // A login's requests are immediate and the first command has their number.
        if (!immediate)
        {
            Must(!_anyResponse || (int)(cmdSn - _maxCmdSn) <= 0,
                $"CmdSN {cmdSn} past the window, MaxCmdSN {_maxCmdSn}");
            _cmdSn++;
        }
        _anyRequest = true;
        if (opCode == 0x03 || tag == None) return;
        Must(!_open.ContainsKey(tag) || opCode == 0x04, $"task tag {tag:X8} is in use");
        _open[tag] = new OpenTask
        {
            OpCode = opCode,
            Function = pdu[1] & 0x7F,
            Lun = BinaryPrimitives.ReadUInt64BigEndian(pdu[8..]),
            Referenced = Word(pdu, 20),
            Number = _number++,
        };
    }

    private void DataOut(ReadOnlySpan<byte> pdu, uint tag)
    {
        var transferTag = Word(pdu, 20);
        if (transferTag == None) return;
        // An R2T that was taken back by an abort may still be answered for.
        if (!_bursts.TryGetValue(transferTag, out var burst)) return;
        var (offset, length) = (Word(pdu, 40), Word(pdu, 4) & 0xFFFFFF);
        Must(offset == burst.At, $"Data-Out of {tag:X8} at {offset}, not {burst.At}");
        Must(offset + length <= burst.End, $"Data-Out of {tag:X8} past its R2T");
        _bursts[transferTag] = (offset + length, burst.End);
    }

    private void Response(ReadOnlySpan<byte> pdu, ReadOnlySpan<byte> data)
    {
        var opCode = pdu[0] & 0x3F;
        var tag = Word(pdu, 16);
        CheckWindow(pdu);
        CheckStatSn(pdu, opCode, tag);
        switch (opCode)
        {
            case 0x23:
                Login(pdu, data);
                break;
            case 0x25:
                Must(_open.TryGetValue(tag, out var reading), $"Data-In for nobody, tag {tag:X8}");
                Must(Word(pdu, 36) == reading!.DataSn++, $"DataSN {Word(pdu, 36)} of {tag:X8}");
                if ((pdu[1] & 0x01) != 0) _open.Remove(tag);
                break;
            case 0x31:
                Must(_open.TryGetValue(tag, out var writing), $"R2T for nobody, tag {tag:X8}");
                Must(Word(pdu, 36) == writing!.R2TSn++, $"R2TSN {Word(pdu, 36)} of {tag:X8}");
                _bursts[Word(pdu, 20)] = (Word(pdu, 40), Word(pdu, 40) + Word(pdu, 44));
                break;
            case 0x22:
                var isFirst = _open.Remove(tag, out var function);
                Must(isFirst || _repeated.Remove(tag), $"function response for nobody, tag {tag:X8}");
                if (isFirst && pdu[2] == 0) Aborted(function!);
                break;
            case 0x20 or 0x24 or 0x21 or 0x26 when tag != None:
                Must(_open.Remove(tag) || _repeated.Remove(tag), $"answer {opCode:X2} for nobody, tag {tag:X8}");
                break;
        }
    }

    // RFC 7143 section 4.2.3.3: once the function is answered, the tasks it ended are not.
    private void Aborted(OpenTask function)
    {
        if (function.Function == 1) _open.Remove(function.Referenced);
        else if (function.Function is 2 or 4 or 5 or 6 or 7)
            foreach (var (tag, task) in _open.ToArray())
                if (task.OpCode == 0x01 && task.Number < function.Number
                    && (task.Lun == function.Lun || function.Function >= 6))
                    _open.Remove(tag);
    }

    private void CheckWindow(ReadOnlySpan<byte> pdu)
    {
        var (expected, most) = (Word(pdu, 28), Word(pdu, 32));
        if (_anyResponse)
        {
            Must((int)(expected - _expCmdSn) >= 0, $"ExpCmdSN goes back from {_expCmdSn} to {expected}");
            Must((int)(most - _maxCmdSn) >= 0, $"MaxCmdSN goes back from {_maxCmdSn} to {most}");
            Must((int)(expected - _cmdSn) <= 0, $"ExpCmdSN {expected} before CmdSN {_cmdSn} was sent");
        }
        Must((int)(most - expected) >= -1, $"MaxCmdSN {most} below ExpCmdSN {expected}");
        (_expCmdSn, _maxCmdSn) = (expected, most);
    }

    private void CheckStatSn(ReadOnlySpan<byte> pdu, int opCode, uint tag)
    {
        if (opCode == 0x25 && (pdu[1] & 0x01) == 0) return;
        var statSn = Word(pdu, 24);
        if (!_anyResponse) _statSn = statSn;
        _anyResponse = true;
        Must(statSn == _statSn, $"StatSN {statSn}, not {_statSn}, opcode {opCode:X2}");
        if (opCode != 0x31 && (opCode != 0x20 || tag != None)) _statSn++;
    }

    private void Login(ReadOnlySpan<byte> pdu, ReadOnlySpan<byte> data)
    {
        _loginText.Append(Encoding.ASCII.GetString(data));
        if ((pdu[1] & 0x83) != 0x83 || pdu[36] != 0) return;
        var text = _loginText.ToString();
        var headers = text.Contains("HeaderDigest=CRC32C", StringComparison.Ordinal);
        var segments = text.Contains("DataDigest=CRC32C", StringComparison.Ordinal);
        FromInitiator.UseDigests(headers, segments);
        FromTarget.UseDigests(headers, segments);
    }

    private static uint Word(ReadOnlySpan<byte> pdu, int at) => BinaryPrimitives.ReadUInt32BigEndian(pdu[at..]);

    private static void Must(bool holds, string otherwise) =>
        SimulationException.Unless(holds, "on the wire: " + otherwise);

    private sealed class OpenTask
    {
        public int OpCode { get; init; }

        public int Function { get; init; }

        public ulong Lun { get; init; }

        public uint Referenced { get; init; }

        public int Number { get; init; }

        public uint DataSn { get; set; }

        public uint R2TSn { get; set; }
    }
}
