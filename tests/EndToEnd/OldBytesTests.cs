using Lunette.Admin.Contracts.Faults;
using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>Buffers are full of what somebody else has written: no answer to another shows any of it.</summary>
public sealed class OldBytesTests : EndToEndTests
{
    private const byte Secret = 0xC5;
    private const int SecretRun = 4;
    private const int SecretLba = 65_536;
    private static readonly int[] s_lengths = [1, 5, 36, 255, 4096, 65_535];

    [Fact]
    public async Task Answers_OutOfBuffersFullOfAnothersData_ShowNoneOfIt()
    {
        await using var system = await SystemOfTest.StartAsync(Home, []);
        var (owner, stranger) = (await system.LogInAsync("owner"), await system.LogInAsync("stranger"));
        var bytes = 0;
        foreach (var row in PrimaryCommands.All.Concat(BlockCommands.All))
        {
            if (row.AllocationLength is not { } allocation || row.Layout.Length > 16) continue;
            await FillBuffersAsync(owner);
            foreach (var length in s_lengths.Where(length => (ulong)length <= allocation.MaxValue))
            {
                var cdb = new byte[row.Layout.Length];
                row.Begin(cdb);
                allocation.Set(cdb, (ulong)length);
                bytes += await LookAsync(stranger, row.Name, cdb, length);
            }
        }
        Assert.InRange(bytes, 2000, int.MaxValue);
        // What a store reads too little of.
        await FillBuffersAsync(owner);
        await system.Admin.InjectFaultAsync(system.Unit, new Fault(FaultKind.Short));
        for (var blocks = 2; blocks <= 128; blocks *= 2)
            await LookAsync(stranger, "short READ (10)", Cdb.Read10(0, blocks), blocks * Steady.BlockBytes);
    }

    private static async Task FillBuffersAsync(SocketInitiator owner)
    {
        var secret = new byte[128 * Steady.BlockBytes];
        secret.AsSpan().Fill(Secret);
        foreach (var blocks in (int[])[8, 16, 64, 128])
            Assert.Equal(ScsiStatus.Good, await owner.WriteAsync(SecretLba, secret[..(blocks * Steady.BlockBytes)]));
    }

    // How many bytes came.
    private static async Task<int> LookAsync(SocketInitiator stranger, string what, byte[] cdb, int length)
    {
        await stranger.SendCommandAsync(cdb, read: length);
        for (var bytes = 0; ;)
        {
            var pdu = await stranger.ReceiveAsync();
            Assert.True(pdu is not null, $"{what}: the connection was closed");
            var isSecret = pdu.Data.AsSpan().IndexOf(Enumerable.Repeat(Secret, SecretRun).ToArray()) >= 0;
            Assert.False(isSecret, $"{what}, {length} bytes: {Convert.ToHexString(pdu.Data)}");
            if (pdu.OpCode != PduOpCode.DataIn) return bytes;
            bytes += pdu.Data.Length;
            if (DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus) return bytes;
        }
    }
}
