using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Lunette.Admin.Contracts.Wire;

/// <summary>
/// One descriptor from process to process over a Unix socket (SCM_RIGHTS): a byte with the descriptor beside it, after
/// the message that speaks of it. Layouts and numbers as on 64-bit Linux.
/// </summary>
public static unsafe partial class DescriptorPassing
{
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int WithoutSignal = 0x4000;
    private const int CloseOnExec = 0x40000000;
    private const int ControlHeaderBytes = 16;

    /// <summary>Sends a descriptor.</summary>
    /// <returns>False where the system does not take it: it is none, or the peer is gone.</returns>
    public static bool TrySend(int socket, int descriptor)
    {
        byte mark = 0;
        Vector vector = new() { Bytes = &mark, Length = 1 };
        Control control = new()
        {
            Length = ControlHeaderBytes + sizeof(int),
            Level = SocketLevel,
            Type = Rights,
            Descriptor = descriptor,
        };
        Message message = new()
        {
            Vectors = &vector,
            VectorCount = 1,
            Control = &control,
            ControlLength = (nuint)sizeof(Control),
        };
        return SendMessage(socket, &message, WithoutSignal) == 1;
    }

    /// <summary>Receives the byte and what came beside it.</summary>
    /// <returns>The descriptor, the caller's to close; -1 where there was none.</returns>
    public static int Receive(int socket)
    {
        byte mark;
        Vector vector = new() { Bytes = &mark, Length = 1 };
        Control control = default;
        Message message = new()
        {
            Vectors = &vector,
            VectorCount = 1,
            Control = &control,
            ControlLength = (nuint)sizeof(Control),
        };
        var received = ReceiveMessage(socket, &message, CloseOnExec);
        return received == 1 && message.ControlLength >= ControlHeaderBytes + sizeof(int)
            && control is { Level: SocketLevel, Type: Rights }
            ? control.Descriptor
            : -1;
    }

    /// <summary>Closes a descriptor that was received.</summary>
    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    /// <summary>A copy of a descriptor, as a socket; null where it is not a connected Unix stream socket.</summary>
    public static Socket? TryCopySocket(int descriptor)
    {
        var copy = Duplicate(descriptor);
        if (copy < 0) return null;
        try
        {
            var socket = new Socket(new SafeSocketHandle(copy, ownsHandle: true));
            if (socket is { AddressFamily: AddressFamily.Unix, SocketType: SocketType.Stream, Connected: true })
                return socket;
            socket.Dispose();
            return null;
        }
        catch (SocketException)
        {
            // No socket at all: the handle's owner has closed the copy.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public byte* Bytes;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public Control* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential, Size = 24)]
    private struct Control
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}

/// <summary>A connection that a descriptor can go over.</summary>
public interface IDescriptorCarrier
{
    /// <summary>Sends a descriptor after what was written.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    void SendDescriptor(int descriptor);
}
