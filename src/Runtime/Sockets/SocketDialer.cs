using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets;

/// <summary>Connects by TCP. Of a name with several addresses each is tried, in the resolver's order.</summary>
/// <param name="loop">Where connections live.</param>
public sealed class SocketDialer(StreamLoop loop) : IStreamDialer
{
    /// <inheritdoc/>
    public Loop Loop => loop;

    /// <inheritdoc/>
    public void Dial(string host, int port, StreamDial dial)
    {
        var attempt = new Attempt(loop, port, dial);
        if (IPAddress.TryParse(host, out var address)) attempt.Resolved([address]);
        else attempt.Resolving = attempt.ResolveAsync(host);
    }

    private sealed class Attempt(StreamLoop loop, int port, StreamDial dial)
    {
        private readonly Queue<IPAddress> _left = new();
        private string _reason = "the name has no address";

        // Keeps the task with its owner; it ends by posting and never with an exception.
        public Task? Resolving { get; set; }

        public async Task ResolveAsync(string host)
        {
            try
            {
                Resolved(await Dns.GetHostAddressesAsync(host));
            }
            catch (Exception failure) when (failure is SocketException or ArgumentException)
            {
                _reason = $"cannot resolve '{host}': {failure.Message}";
                Resolved([]);
            }
        }

        public void Resolved(IPAddress[] addresses)
        {
            foreach (var address in addresses) _left.Enqueue(address);
            GoOn();
        }

        // By way of the loop: an address may fail at once, and a name may have any number of them.
        private void GoOn() => loop.Post(new Next(this));

        private void TryNext()
        {
            if (dial.IsEnded) return;
            if (_left.TryDequeue(out var address)) loop.Connect(new IPEndPoint(address, port), new One(this, dial));
            else dial.EndWith(_reason);
        }

        private sealed class Next(Attempt attempt) : LoopWork
        {
            public override void Run() => attempt.TryNext();
        }

        private sealed class One(Attempt attempt, StreamDial dial) : StreamConnect
        {
            public override void Connected(StreamConnection connection) => dial.EndWith(connection);

            public override void Failed(string reason)
            {
                attempt._reason = reason;
                attempt.GoOn();
            }
        }
    }
}
