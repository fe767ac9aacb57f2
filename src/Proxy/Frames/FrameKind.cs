namespace Lunette.Proxy.Frames;

/// <summary>
/// What one frame between two nodes says. Each is its length in four bytes, its kind, and its fields: numbers
/// big-endian, texts and bytes after their length.
/// </summary>
internal enum FrameKind : byte
{
    /// <summary>Who the sender is: its node and its ports. Sent first, and when it changes.</summary>
    Hello = 1,

    /// <summary>The logical units the sender owns, all of them.</summary>
    Units = 2,

    /// <summary>A nexus of the sender's, before its first command.</summary>
    Meet = 3,

    /// <summary>A command to be carried out.</summary>
    Command = 4,

    /// <summary>How a command ended.</summary>
    Result = 5,

    /// <summary>A task management function to be carried out; the loss of a nexus is one.</summary>
    Manage = 6,

    /// <summary>How a task management function ended.</summary>
    Managed = 7,
}
