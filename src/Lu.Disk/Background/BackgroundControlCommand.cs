using Lunette.DeviceServer.Commands;

namespace Lunette.Lu.Disk.Background;

/// <summary>
/// BACKGROUND CONTROL command (SBC-5). What is unmapped is given back to the store at once, so there is never anything
/// left to do: an advanced background operation that is started has ended with the command.
/// </summary>
internal static class BackgroundControlCommand
{
    /// <summary>BO_STATUS: no advanced background operation is being performed.</summary>
    public const byte NothingPerformed = 0x01;

    public static CommandOutcome BackgroundControl(DiskUnit unit, TaskContext command) =>
        command.Cdb[2] >> 6 == 3 ? CommandOutcome.InvalidFieldInCdb(2, bit: 7) : CommandOutcome.Good;
}
