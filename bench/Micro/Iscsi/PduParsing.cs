using BenchmarkDotNet.Attributes;
using Lunette.Iscsi;

namespace Lunette.Micro.Iscsi;

/// <summary>Taking one SCSI Command apart: lengths, fields, CDB.</summary>
public class PduParsing
{
    private readonly byte[] _pdu = WireCommand.Read(lba: 8, blocks: 8);

    [Benchmark]
    public int Framing() => new PduFraming(_pdu, headerDigest: true, dataDigest: true).TotalLength;

    [Benchmark]
    public uint Command()
    {
        var command = ScsiCommand.Over((ReadOnlySpan<byte>)_pdu);
        return command.CmdSn.Value + command.InitiatorTaskTag.Value + command.ExpectedDataTransferLength
            + (uint)command.Lun.Number + command.Cdb[0];
    }
}
