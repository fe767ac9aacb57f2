namespace Lunette.Iscsi;

/// <summary>
/// The commands a session may have on the way: ExpCmdSN up to and with MaxCmdSN (RFC 7143 section 4.2.2.1). A value;
/// whoever owns the session's numbers makes one when it needs to judge.
/// </summary>
/// <param name="ExpCmdSn">The next command number expected.</param>
/// <param name="MaxCmdSn">The last command number accepted; ExpCmdSN - 1 says the window is closed.</param>
public readonly record struct CommandWindow(CmdSn ExpCmdSn, CmdSn MaxCmdSn)
{
    /// <summary>How many commands may still be sent or accepted; zero when closed.</summary>
    public uint Size => IsLawful ? MaxCmdSn.Value - ExpCmdSn.Value + 1 : 0;

    /// <summary>Whether the pair may be stated at all: MaxCmdSN is not before ExpCmdSN - 1.</summary>
    public bool IsLawful => !SerialNumber.Precedes(MaxCmdSn.Value, ExpCmdSn.Value - 1);

    /// <summary>Whether a non-immediate command with this number is inside the window. What is outside is ignored
    /// silently by a target.</summary>
    public bool Contains(CmdSn cmdSn) => cmdSn.Value - ExpCmdSn.Value < Size;

    /// <summary>
    /// What an initiator knows after a response: each of the two numbers only moves forward, and an unlawful pair is
    /// ignored (RFC 7143 section 4.2.2.1).
    /// </summary>
    public CommandWindow Update(CmdSn expCmdSn, CmdSn maxCmdSn)
    {
        var stated = new CommandWindow(expCmdSn, maxCmdSn);
        if (!stated.IsLawful) return this;
        return new(
            ExpCmdSn.Precedes(expCmdSn) ? expCmdSn : ExpCmdSn,
            MaxCmdSn.Precedes(maxCmdSn) ? maxCmdSn : MaxCmdSn);
    }
}
