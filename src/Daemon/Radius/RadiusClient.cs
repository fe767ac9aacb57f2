using System.Net;
using System.Net.Sockets;
using System.Text;
using Lunette.Admin.Iscsi;
using Lunette.Iscsi;
using Lunette.Iscsi.Radius;
using Lunette.Runtime;

namespace Lunette.Daemon.Radius;

/// <summary>
/// Asks a RADIUS server whether CHAP responses are right. Each question has a socket of its own, so that answers find
/// their question and a stranger has a port to guess; it is sent three times, two seconds apart, the same bytes each
/// time (RFC 5080 section 2.2.1).
/// </summary>
/// <param name="asker">Who asks: NAS-Identifier.</param>
/// <param name="time">For the waits.</param>
/// <param name="entropy">For authenticators.</param>
internal sealed class RadiusClient(string asker, TimeProvider time, IEntropy entropy) : IDisposable
{
    /// <summary>The server's port where none is named.</summary>
    public const int Port = 1812;

    private const int TriesMax = 3;
    private const int QuestionsMax = 64;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _questions = new(QuestionsMax, QuestionsMax);

    /// <summary>Asks; whoever cancels does not wait any more.</summary>
    /// <param name="server">An address or a host's name, with a port where it is not the usual one.</param>
    /// <param name="secret">What this machine shares with it.</param>
    /// <param name="proof">What is to be judged.</param>
    /// <param name="stop">The login is over.</param>
    public async ValueTask<ChapJudgement> AskAsync(
        string server, byte[] secret, ChapProof proof, CancellationToken stop)
    {
        if (Encoding.UTF8.GetByteCount(proof.Name) is 0 or > RadiusMessage.ValueLengthMax)
            return new(ChapOutcome.Refused);
        if (!_questions.Wait(0, stop)) return Unknown("too many logins wait for the RADIUS server");
        try
        {
            var at = await ResolveAsync(server, stop);
            return at is null
                ? Unknown($"the RADIUS server {server} has no address")
                : await AskAsync(at, Request(secret, proof), secret, stop);
        }
        catch (SocketException failed)
        {
            return Unknown($"the RADIUS server {server} cannot be asked: {failed.Message}");
        }
        finally
        {
            _questions.Release();
        }
    }

    /// <summary>Nobody asks any more.</summary>
    public void Dispose() => _questions.Dispose();

    private byte[] Request(byte[] secret, ChapProof proof)
    {
        Span<byte> chance = stackalloc byte[RadiusMessage.AuthenticatorLength + 1];
        entropy.Fill(chance);
        return RadiusMessage.AccessRequest(chance[0], chance[1..], proof, asker, secret);
    }

    private async ValueTask<ChapJudgement> AskAsync(
        IPEndPoint at, byte[] request, byte[] secret, CancellationToken stop)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(at, stop);
        var unsigned = false;
        for (var tries = 0; tries < TriesMax; tries++)
        {
            using var patience = new CancellationTokenSource(s_patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
            try
            {
                await socket.SendAsync(request, either.Token);
                var (judged, heardUnsigned) = await ListenAsync(socket, request, secret, either.Token);
                if (!heardUnsigned) return judged;
                unsigned = true;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // Lost on the way, there or back: once more.
            }
        }
        return Unknown(unsigned
            ? $"the RADIUS server {at} answers without Message-Authenticator, which anybody could"
            : $"the RADIUS server {at} does not answer");
    }

    // Until somebody who has the secret has said something.
    private static async ValueTask<(ChapJudgement Judged, bool Unsigned)> ListenAsync(
        Socket socket, byte[] request, byte[] secret, CancellationToken stop)
    {
        var datagram = new byte[RadiusMessage.LengthMax];
        while (true)
        {
            var length = await socket.ReceiveAsync(datagram, stop);
            switch (RadiusMessage.Judge(datagram.AsSpan(0, length), request, secret))
            {
                case RadiusAnswer.Accepted: return (new(ChapOutcome.Accepted), false);
                case RadiusAnswer.Rejected: return (new(ChapOutcome.Refused), false);
                case RadiusAnswer.Unusable: return (Unknown("the RADIUS server asks for more than CHAP has"), false);
                case RadiusAnswer.Unsigned: return (default, true);
                case RadiusAnswer.None: break;
            }
        }
    }

    private static async ValueTask<IPEndPoint?> ResolveAsync(string server, CancellationToken stop)
    {
        if (!ServerName.TryParse(server, Port, out var at)) return null;
        if (at.Address is { } address) return new(address, at.Port);
        var addresses = await Dns.GetHostAddressesAsync(at.Host, stop);
        return addresses.Length == 0 ? null : new(addresses[0], at.Port);
    }

    private static ChapJudgement Unknown(string reason) => new(ChapOutcome.Unknown, reason);
}
