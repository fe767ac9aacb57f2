using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Lunette.EndToEnd;

/// <summary>
/// Stands between initiators and a target and keeps what they say, as a capture that foreign programs read: each chunk
/// is a TCP segment from or to port 3260.
/// </summary>
internal sealed class RecordingRelay : IAsyncDisposable
{
    private const int IscsiPort = 3260;
    private const int HeadersLength = 40;
    private const int SegmentMax = 32 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<(int Connection, bool FromInitiator, byte[] Bytes)> _said = [];
    private readonly List<Task> _pumps = [];
    private readonly IPEndPoint _target;
    private readonly Task _accepting;

    public RecordingRelay(IPEndPoint target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Writes everything said so far, in the order in which it came by.</summary>
    public void WriteCapture(string path)
    {
        using var file = new BinaryWriter(File.Create(path));
        // pcap: magic, version 2.4, no zone, no accuracy, longest packet, link type raw IP.
        foreach (var word in (uint[])[0xA1B2C3D4, 0x00040002, 0, 0, 1 << 18, 101]) file.Write(word);
        var sequences = new Dictionary<(int, bool), uint>();
        var packets = 0u;
        lock (_gate)
        {
            foreach (var (connection, fromInitiator, bytes) in _said)
            {
                for (var at = 0; at < bytes.Length; at += SegmentMax)
                {
                    var part = bytes.AsSpan(at, Math.Min(SegmentMax, bytes.Length - at));
                    var packet = Packet(connection, fromInitiator, part, sequences);
                    var length = (uint)packet.Length;
                    foreach (var word in (uint[])[packets / 1000, packets % 1000, length, length]) file.Write(word);
                    file.Write(packet);
                    packets++;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_pumps);
        _stop.Dispose();
    }

    private static byte[] Packet(int connection, bool fromInitiator, ReadOnlySpan<byte> bytes,
        Dictionary<(int, bool), uint> sequences)
    {
        var packet = new byte[HeadersLength + bytes.Length];
        var initiatorPort = (ushort)(40_000 + connection);
        // IPv4, 20 bytes of header, TCP, between 10.0.0.1 and 10.0.0.2.
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = 6;
        (packet[12], packet[15]) = (10, (byte)(fromInitiator ? 1 : 2));
        (packet[16], packet[19]) = (10, (byte)(fromInitiator ? 2 : 1));
        var tcp = packet.AsSpan(20);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, fromInitiator ? initiatorPort : (ushort)IscsiPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], fromInitiator ? (ushort)IscsiPort : initiatorPort);
        var sequence = sequences.GetValueOrDefault((connection, fromInitiator), 1u);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(
            tcp[8..], sequences.GetValueOrDefault((connection, !fromInitiator), 1u));
        sequences[(connection, fromInitiator)] = sequence + (uint)bytes.Length;
        tcp[12] = 5 << 4;
        tcp[13] = 0x18;                                     // PSH, ACK
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], ushort.MaxValue);
        bytes.CopyTo(packet.AsSpan(HeadersLength));
        return packet;
    }

    private async Task AcceptAsync()
    {
        for (var connection = 0; !_stop.IsCancellationRequested; connection++)
        {
            try
            {
                var initiator = await _listener.AcceptTcpClientAsync(_stop.Token);
                var target = new TcpClient();
                await target.ConnectAsync(_target, _stop.Token);
                // A PDU that comes by in two chunks would wait for an acknowledgement in between, 40 ms each time.
                initiator.NoDelay = target.NoDelay = true;
                _pumps.Add(PumpAsync(connection, true, initiator, target));
                _pumps.Add(PumpAsync(connection, false, target, initiator));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    // Recorded before it is passed on, so that no answer stands before its question.
    private async Task PumpAsync(int connection, bool fromInitiator, TcpClient from, TcpClient to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0;)
            {
                lock (_gate) _said.Add((connection, fromInitiator, buffer[..read]));
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or InvalidOperationException)
        {
        }
        to.Close();
    }
}
