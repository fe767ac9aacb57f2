using System.Buffers.Binary;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Tests.Streams;

/// <summary>
/// A small protocol for tests: a message is its length in four bytes and so many bytes, and is sent back as it came.
/// Short ones are awaited whole; of long ones the rest is received directly into leases and sent from there.
/// </summary>
internal sealed class MessageEcho(BufferPool buffers) : StreamHandler
{
    public const int DirectFrom = 1000;

    private readonly LeaseList _into = new();
    private int _wanted = 4;

    public StreamConnection? Connection { get; private set; }

    public int Messages { get; private set; }

    public StreamEnd End { get; private set; }

    public Action<MessageEcho>? OnMessage { get; set; }

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override int BytesWanted => _wanted;

    public int AtOnce { get; init; } = int.MaxValue;

    public override int BytesAtOnce => Math.Max(AtOnce, _wanted);

    public int Batches { get; private set; }

    public override void BatchEnding() => Batches++;

    public long Beyond { get; init; }

    public override long UnsentBytesBeyond => Beyond;

    public override void Attached(StreamConnection connection) => Connection = connection;

    public override int Received(Span<byte> bytes)
    {
        var used = 0;
        while (bytes.Length - used >= 4 && Connection!.IsReceiving)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[used..]);
            if (length == int.MaxValue) throw new InvariantException("asked for by the test");
            var rest = bytes[(used + 4)..];
            if (rest.Length < length)
            {
                if (length < DirectFrom)
                {
                    _wanted = 4 + length;
                    return used;
                }
                BeginDirect(length, rest);
                return bytes.Length;
            }
            Connection.AppendCopy(bytes.Slice(used, 4 + length));
            used += 4 + length;
            _wanted = 4;
            Count();
        }
        return used;
    }

    public override void DirectReceived()
    {
        BinaryPrimitives.WriteInt32BigEndian(Connection!.AppendHeader(4), _into.Length);
        foreach (var lease in _into.Segments) Connection.Append(lease);
        _into.Forget();
        Count();
    }

    public override void Closed(StreamEnd end)
    {
        _into.Release();
        End = end;
        Ended.SetResult();
    }

    private void Count()
    {
        Messages++;
        OnMessage?.Invoke(this);
    }

    private void BeginDirect(int length, ReadOnlySpan<byte> already)
    {
        // Odd pieces, so that direct receive crosses the borders of segments.
        for (var left = length; left > 0; left -= Math.Min(left, 700))
        {
            Assert.True(buffers.TryLease(Math.Min(left, 700), "test", out var lease));
            _into.Add(lease);
        }
        _into.Write(0, already);
        _wanted = 4;
        Connection!.ReceiveDirect(_into, already.Length, length - already.Length);
    }

    public static byte[] Message(int length, int seed)
    {
        var message = new byte[4 + length];
        BinaryPrimitives.WriteInt32BigEndian(message, length);
        new Random(seed).NextBytes(message.AsSpan(4));
        return message;
    }
}
