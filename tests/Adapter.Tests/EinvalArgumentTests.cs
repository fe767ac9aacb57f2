using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Tests;

/// <summary>SCIOCMD's <c>einval_arg</c>: which field is wrong, by the code of the table.</summary>
public class EinvalArgumentTests
{
    private static readonly Dictionary<EinvalArgument, Action<ScPassthru>> s_mistakes = new()
    {
        [EinvalArgument.Version] = said => said.Version = 3,
        [EinvalArgument.Tag] = said => said.Tag = QueueTag.Aca + 1,
        [EinvalArgument.Flags] = said => said.Flags = 0x40,
        [EinvalArgument.DeviceFlags] = said => said.DeviceFlags = 2,
        [EinvalArgument.QueueFlags] = said => said.QueueFlags = TransactionFlags.Resume,
        [EinvalArgument.CommandLength] = said => said.CommandLength = 65,
        [EinvalArgument.AutosenseLength] = said => said.AutosenseLength = TransportCommand.SenseLengthMax + 1,
        [EinvalArgument.DataLength] = said => said.DataLength = ulong.MaxValue,
        [EinvalArgument.Buffer] = said => (said.DataLength, said.Buffer) = (512, new byte[511]),
        [EinvalArgument.AutosenseBuffer] =
            said => (said.AutosenseLength, said.AutosenseBuffer) = (32, new byte[31]),
        [EinvalArgument.VariableCdbLength] = said => said.VariableCdbLength = 5,
        [EinvalArgument.VariableCdb] = said => (said.VariableCdbLength, said.VariableCdb) = (32, new byte[31]),
    };

    public static TheoryData<EinvalArgument, ushort> Codes => new()
    {
        { EinvalArgument.Version, 1 },
        { EinvalArgument.Tag, 9 },
        { EinvalArgument.Flags, 10 },
        { EinvalArgument.DeviceFlags, 11 },
        { EinvalArgument.QueueFlags, 12 },
        { EinvalArgument.CommandLength, 13 },
        { EinvalArgument.AutosenseLength, 15 },
        { EinvalArgument.DataLength, 18 },
        { EinvalArgument.Buffer, 21 },
        { EinvalArgument.AutosenseBuffer, 22 },
        { EinvalArgument.VariableCdbLength, 23 },
        { EinvalArgument.VariableCdb, 24 },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public void Field_Wrong_EINVALWithItsCodeAndNothingIsSent(EinvalArgument field, ushort code)
    {
        var rig = new ScriptedRig();
        rig.Start();
        var said = new ScPassthru { ScsiId = 2, CommandLength = 6 };
        s_mistakes[field](said);

        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOCMD, said));

        Assert.Equal(code, (ushort)said.EinvalArgument);
        Assert.Empty(rig.Transport.Commands);
    }

    [Fact]
    public void EveryCode_HasItsCaseOrIsNotTheAdapters()
    {
        // A device that is not started is EINVAL without a code, and any CDB may be sent; the time-out is the head
        // driver's to judge.
        EinvalArgument[] others = [EinvalArgument.None, EinvalArgument.ScsiCdb, EinvalArgument.ScsiId,
            EinvalArgument.LunId, EinvalArgument.TimeoutValue];
        Assert.Equal(Enum.GetValues<EinvalArgument>().Order(), s_mistakes.Keys.Concat(others).Order());
    }

    [Fact]
    public void Device_NotStarted_EINVALWithoutACode()
    {
        var said = new ScPassthru { ScsiId = 2, CommandLength = 6, EinvalArgument = EinvalArgument.Flags };
        Assert.Equal(Errno.EINVAL, new ScriptedRig().Ioctl(IoctlNumber.SCIOCMD, said));
        Assert.Equal(EinvalArgument.None, said.EinvalArgument);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(4, false)]
    [InlineData(8, true)]
    [InlineData(8, false)]
    public async Task Code_StandsInTheCallersStructure(int pointer, bool bigEndian)
    {
        var abi = new CallerAbi(pointer, bigEndian);
        var rig = new ScriptedRig();
        rig.Start();
        var bytes = new byte[ScPassthru.Layout.SizeFor(abi)];
        ScPassthru.Layout.Encode(new ScPassthru { ScsiId = 2, CommandLength = 5 }, bytes, abi);
        var answer = rig.File.IoctlAsync(IoctlNumber.SCIOCMD, bytes, abi, new NothingThere());
        rig.Loop.Pump();

        Assert.Equal(Errno.EINVAL, await answer);
        Assert.Equal(bigEndian ? [0, 13] : new byte[] { 13, 0 }, bytes[16..18]);
    }

    private sealed class NothingThere : ICallerMemory
    {
        public bool TryMap(ulong address, int length, out Memory<byte> memory)
        {
            memory = default;
            return false;
        }
    }
}
