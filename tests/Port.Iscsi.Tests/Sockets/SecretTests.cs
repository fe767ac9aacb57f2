using System.Collections.Concurrent;
using System.Text;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Login;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Sockets;

/// <summary>Secrets that were fetched for one login do not outlive it.</summary>
public class SecretTests
{
    private const string Right = "right secret!";

    [Theory]
    [InlineData(Right, false)]
    [InlineData("wrong secret!", false)]
    [InlineData(null, false)]
    [InlineData(Right, true)]
    public async Task Login_Over_ItsTermsAreForgottenOnce(string? secret, bool slow)
    {
        var authority = new LendingAuthority(slow);
        await using var host = await TargetHost.StartAsync(authority: authority);
        using (var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint))
        {
            var settings = SocketInitiator.Settings() with
            {
                Credentials = secret is null
                    ? null : new ChapCredentials("host", new ChapSecret(Encoding.ASCII.GetBytes(secret))),
            };
            var status = await initiator.LoginAsync(settings);
            Assert.Equal(secret == Right, status == LoginStatus.Success);
        }
        Assert.Equal(authority.Lent, await authority.ForgottenAsync());
    }

    // The connection goes while the authority is still asked: nobody waits for its word any more.
    [Fact]
    public async Task Connection_GoneBeforeTheAuthorityHasSpoken_ItsTermsAreForgotten()
    {
        var authority = new LendingAuthority(slow: true);
        await using var host = await TargetHost.StartAsync(authority: authority);
        using (var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint))
        {
            var first = new InitiatorLogin(SocketInitiator.Settings(), new Random(1).NextBytes).Start();
            await initiator.SendAsync(first.Request.ToArray());
            await authority.Asked.Task.WaitAsync(SocketInitiator.Stop);
        }
        Assert.Equal(1, await authority.ForgottenAsync());
        Assert.Equal(1, authority.Lent);
    }

    private sealed class LendingAuthority(bool slow) : ILoginAuthority
    {
        private readonly ConcurrentDictionary<TargetAuthenticationTerms, int> _lent = new();
        private readonly TaskCompletionSource _forgotten = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Lent => _lent.Count;

        public async Task<int> ForgottenAsync()
        {
            await _forgotten.Task.WaitAsync(TimeSpan.FromSeconds(120), SocketInitiator.Stop);
            return _lent.Values.Sum();
        }

        public async ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
            LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop)
        {
            Asked.TrySetResult();
            // Its answer comes whether or not somebody waits for it.
            if (slow) await Task.Delay(50, CancellationToken.None);
            var terms = new TargetAuthenticationTerms
            {
                Required = true,
                Initiator = new ChapCredentials("host", new ChapSecret(Encoding.ASCII.GetBytes(Right))),
            };
            Assert.True(_lent.TryAdd(terms, 0));
            return terms;
        }

        public void Forget(TargetAuthenticationTerms terms)
        {
            _lent[terms]++;
            terms.Initiator!.Secret.Dispose();
            _forgotten.TrySetResult();
        }
    }
}
