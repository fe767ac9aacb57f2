using System.Globalization;
using System.Runtime.InteropServices;

namespace Lunette.Admin.Serving;

/// <summary>Users, groups and who owns a file; where there are no such things, nothing is done.</summary>
public static unsafe partial class Ownership
{
    private const uint Unchanged = uint.MaxValue;

    /// <summary>The effective user of this process.</summary>
    public static uint User { get; } = OperatingSystem.IsWindows() ? 0 : EffectiveUser();

    /// <summary>The effective group of this process.</summary>
    public static uint Group { get; } = OperatingSystem.IsWindows() ? 0 : EffectiveGroup();

    /// <summary>A group by its name or number; null where there is none of that name.</summary>
    public static uint? FindGroup(string nameOrNumber)
    {
        if (uint.TryParse(nameOrNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        if (OperatingSystem.IsWindows()) return null;
        var entry = GroupEntryOf(nameOrNumber);
        return entry is null ? null : entry->Identifier;
    }

    /// <summary>Gives a file to a group; false where this process may not.</summary>
    public static bool TryGiveTo(string path, uint group) =>
        OperatingSystem.IsWindows() || ChangeOwner(path, Unchanged, group) == 0;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint EffectiveGroup();

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial GroupEntry* GroupEntryOf(string name);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [StructLayout(LayoutKind.Sequential)]
    private struct GroupEntry
    {
        public nint Name;
        public nint Password;
        public uint Identifier;
        public nint Members;
    }
}
