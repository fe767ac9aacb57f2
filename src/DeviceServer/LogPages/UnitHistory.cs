using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Lunette.DeviceServer.Power;

namespace Lunette.DeviceServer.LogPages;

/// <summary>
/// What log pages tell of a logical unit's whole life: it is saved with whatever else is saved, and when the logical
/// unit goes offline. Changes under the logical unit's lock.
/// </summary>
internal sealed class UnitHistory
{
    /// <summary>Self-tests that are remembered (SPC-6, Self-Test Results log page).</summary>
    public const int SelfTestsMax = 20;

    /// <summary>Length of ACCOUNTING DATE: year and week in ASCII.</summary>
    public const int AccountingDateLength = 6;

    private const int HeaderLength = 8 + (5 * sizeof(uint)) + AccountingDateLength;

    private readonly List<SelfTestResult> _selfTests = [];
    private readonly uint[] _transitions = new uint[3];

    /// <summary>Minutes it was in service before it went online the last time.</summary>
    public long MinutesBefore { get; set; }

    /// <summary>How often it was stopped after it had been started.</summary>
    public uint StartStopCycles { get; private set; }

    /// <summary>How often its medium was taken out after it had been loaded.</summary>
    public uint LoadUnloadCycles { get; private set; }

    /// <summary>ACCOUNTING DATE as LOG SELECT has set it; blanks where nothing has.</summary>
    public byte[] AccountingDate { get; private set; } = NoDate.ToArray();

    /// <summary>Self-tests, the most recent first.</summary>
    public IReadOnlyList<SelfTestResult> SelfTests => _selfTests;

    /// <summary>Whether there is anything that is not saved.</summary>
    public bool HasNews { get; set; }

    /// <summary>Whether nothing has ever happened.</summary>
    public bool IsBlank => _selfTests.Count == 0 && StartStopCycles == 0 && !_transitions.AsSpan().ContainsAnyExcept(0u)
        && AccountingDate.AsSpan().SequenceEqual(NoDate);

    /// <summary>ACCOUNTING DATE where LOG SELECT has set none: blanks.</summary>
    public static ReadOnlySpan<byte> NoDate => "      "u8;

    /// <summary>How often it came into a power condition.</summary>
    public uint TransitionsTo(PowerConditionCode condition) => _transitions[IndexOf(condition)];

    /// <summary>It has come into a power condition.</summary>
    public void NoteTransition(PowerConditionCode condition)
    {
        // SPC-6: these are saturating counters.
        ref var count = ref _transitions[IndexOf(condition)];
        if (count < uint.MaxValue) count++;
        HasNews = true;
    }

    /// <summary>It was stopped, and its medium taken out or not.</summary>
    public void NoteStop(bool unloaded)
    {
        if (StartStopCycles < uint.MaxValue) StartStopCycles++;
        if (unloaded && LoadUnloadCycles < uint.MaxValue) LoadUnloadCycles++;
        HasNews = true;
    }

    /// <summary>A self-test has ended.</summary>
    public void NoteSelfTest(in SelfTestResult result)
    {
        _selfTests.Insert(0, result);
        if (_selfTests.Count > SelfTestsMax) _selfTests.RemoveAt(SelfTestsMax);
        HasNews = true;
    }

    /// <summary>Sets ACCOUNTING DATE; nobody looks at what it says.</summary>
    public void SetAccountingDate(ReadOnlySpan<byte> date)
    {
        if (date.SequenceEqual(AccountingDate)) return;
        AccountingDate = date.ToArray();
        HasNews = true;
    }

    /// <summary>The bytes to be kept.</summary>
    /// <param name="minutes">Minutes in service, until now.</param>
    public byte[] Encode(long minutes)
    {
        var bytes = new byte[HeaderLength + (_selfTests.Count * SelfTestResult.Length)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, minutes);
        var at = 8;
        foreach (var count in (ReadOnlySpan<uint>)[.. _transitions, StartStopCycles, LoadUnloadCycles])
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), count);
            at += sizeof(uint);
        }
        AccountingDate.CopyTo(bytes, at);
        at += AccountingDateLength;
        foreach (var result in _selfTests)
        {
            result.Write(bytes.AsSpan(at, SelfTestResult.Length));
            at += SelfTestResult.Length;
        }
        return bytes;
    }

    /// <summary>Reads what was kept, no bytes as nothing; false where they are no history.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out UnitHistory? history)
    {
        history = null;
        if (bytes.IsEmpty)
        {
            history = new UnitHistory();
            return true;
        }
        var tests = bytes.Length - HeaderLength;
        if (tests < 0 || tests % SelfTestResult.Length != 0 || tests > SelfTestsMax * SelfTestResult.Length)
            return false;
        var read = new UnitHistory { MinutesBefore = BinaryPrimitives.ReadInt64BigEndian(bytes) };
        if (read.MinutesBefore < 0) return false;
        for (var i = 0; i < read._transitions.Length; i++)
            read._transitions[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(8 + (i * sizeof(uint)))..]);
        read.StartStopCycles = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]);
        read.LoadUnloadCycles = BinaryPrimitives.ReadUInt32BigEndian(bytes[24..]);
        read.AccountingDate = bytes.Slice(HeaderLength - AccountingDateLength, AccountingDateLength).ToArray();
        for (bytes = bytes[HeaderLength..]; !bytes.IsEmpty; bytes = bytes[SelfTestResult.Length..])
            read._selfTests.Add(SelfTestResult.Read(bytes));
        history = read;
        return true;
    }

    private static int IndexOf(PowerConditionCode condition) => condition switch
    {
        PowerConditionCode.Active => 0,
        PowerConditionCode.Idle => 1,
        _ => 2,
    };
}
