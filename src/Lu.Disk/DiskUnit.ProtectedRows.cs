using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Protection;
using Lunette.Lu.Disk.Streams;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>The rows of disks that support protection information.</content>
public sealed partial class DiskUnit
{
    private static CommandTable<SupportedCommand> ProtectedRowsOf(DiskOptions options) =>
        ProtectedRows.Tables[options.Protection == ProtectionType.Type2 ? 1 : 0];

    // A class of its own, so that it is made after the rows that it is made of.
    private static class ProtectedRows
    {
        // How each command is carried out where blocks have protection information; rows that are not here touch none,
        // or (UNMAP, FORMAT UNIT, SANITIZE) see to it themselves.
        private static readonly ProtectedCommand[] s_commands =
        [
            .. Each(c => new ProtectedRead(c), BlockCommands.Read6, BlockCommands.Read10, BlockCommands.Read12,
                BlockCommands.Read16, BlockCommands.Read32),
            .. Each(c => new ProtectedVerify(c), BlockCommands.Verify10, BlockCommands.Verify12,
                BlockCommands.Verify16, BlockCommands.Verify32),
            .. Each(c => new ProtectedWrite(c), BlockCommands.Write6, BlockCommands.Write10, BlockCommands.Write12,
                BlockCommands.Write16, BlockCommands.Write32),
            .. Each(c => new ProtectedWriteStream(c), BlockCommands.WriteStream16, BlockCommands.WriteStream32),
            .. Each(c => new ProtectedWriteAndVerify(c), BlockCommands.WriteAndVerify10,
                BlockCommands.WriteAndVerify12, BlockCommands.WriteAndVerify16, BlockCommands.WriteAndVerify32),
            .. Each(c => new ProtectedWriteSame(c), BlockCommands.WriteSame10, BlockCommands.WriteSame16,
                BlockCommands.WriteSame32),
            .. Each(c => new ProtectedWriteScattered(c), BlockCommands.WriteScattered16,
                BlockCommands.WriteScattered32),
            .. Each(c => new ProtectedWriteAtomic(c), BlockCommands.WriteAtomic16, BlockCommands.WriteAtomic32),
            .. Each(c => new ProtectedOrWrite(c), BlockCommands.OrWrite16, BlockCommands.OrWrite32),
            .. Each(c => new ProtectedCompareAndWrite(c), BlockCommands.CompareAndWrite),
        ];

        /// <summary>Of any type, and of type 2.</summary>
        public static readonly CommandTable<SupportedCommand>[] Tables = [Table(false), Table(true)];

        private static CommandTable<SupportedCommand> Table(bool type2) =>
            TableOf([.. (type2 ? AllRows() : Short(AllRows())).Select(Protect)]);

        private static SupportedCommand Protect(SupportedCommand row)
        {
            var command = s_commands.FirstOrDefault(c => c.Descriptor.Name == row.Descriptor.Name);
            if (command is null) return row;
            var made = SupportedCommand.Plain<DiskUnit>(
                command.Descriptor, row.Access, command.Start, row.Passes, row.Ordering);
            return row.Verifies ? made.Verifying() : made;
        }

        private static IEnumerable<ProtectedCommand> Each(
            Func<CommandDescriptor, ProtectedCommand> make, params IReadOnlyList<CommandDescriptor> commands) =>
            commands.Select(command => make(Narrowed(command, [.. s_unused.Except(ProtectedCommand.FieldNames)])));
    }
}
