using Lunette.Iscsi;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>An initiator that asks for much and takes none of it.</summary>
public sealed class UntakenReadsTests : EndToEndTests
{
    private const int Reads = 120;
    private const int Blocks = 2048;

    [Fact]
    public async Task Reads_NotTaken_CompareAndWriteOfAnotherIsAnswered()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await using var other = await Steady.ConnectAsync(daemon);
        using var initiator = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        Assert.Equal(LoginStatus.Success,
            await initiator.LoginAsync(SocketInitiator.Settings(target: daemon.Target)));
        await initiator.SettleAsync();
        for (var i = 0; i < Reads; i++)
            await initiator.SendCommandAsync(Cdb.Read10(0, Blocks), read: Blocks * Steady.BlockBytes);

        for (byte round = 0; round < 8; round++)
        {
            var answer = other.ExecuteAsync(CompareAndWrite(lba: 7), dataOut: Instance(round)).AsTask();
            var result = await answer.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
            Assert.True(result.IsGood, result.Describe());
        }
        // What was asked for comes all the same, when it is taken.
        var taken = 0;
        for (var left = Reads; left > 0;)
        {
            var pdu = await initiator.ExpectAsync(PduOpCode.DataIn);
            taken += pdu.Data.Length;
            if (DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus) left--;
        }
        Assert.Equal(Reads * Blocks * Steady.BlockBytes, taken);
    }

    private static byte[] CompareAndWrite(byte lba)
    {
        var cdb = new byte[16];
        cdb[0] = 0x89;
        cdb[9] = lba;
        cdb[13] = 1;
        return cdb;
    }

    // A block of what is there, and a block of what is to come after it.
    private static byte[] Instance(byte round)
    {
        var data = new byte[2 * Steady.BlockBytes];
        data.AsSpan(0, Steady.BlockBytes).Fill(round);
        data.AsSpan(Steady.BlockBytes).Fill((byte)(round + 1));
        return data;
    }
}
