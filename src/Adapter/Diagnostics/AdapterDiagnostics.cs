using Lunette.Adapter.Arguments;

namespace Lunette.Adapter.Diagnostics;

/// <summary>
/// SCIODIAG, SCIOTRAM and SCIODNLD on an adapter that has no hardware: its buffer RAM is memory, its microcode an image
/// whose version is read from its first four bytes. Nothing of it is logged. Belongs to the adapter's loop.
/// </summary>
internal sealed class AdapterDiagnostics(int ramBytes, int faults)
{
    private const int MicrocodeUnit = 1024;
    private const int MicrocodeMax = 1 << 20;

    private readonly byte[] _ram = new byte[ramBytes];
    private int _faults = faults;
    private bool _suspended;
    private bool _hadFaults;
    private uint _version = 1;

    public Errno Run(ScCardDiag argument)
    {
        argument.DiagnosticStatus = 0;
        switch (argument.Option)
        {
            case 0:
                _hadFaults = false;
                return Go(argument);
            case 1:
                return _suspended ? Go(argument) : Errno.EINVAL;
            case 3 or 4 or 5 or 0x80:
                return Errno.ENXIO;         // no bus to wrap or to reset, no registers
            default:
                return Errno.EINVAL;
        }
    }

    // An error suspends the run with EFAULT; resumed to its end it says ENOMSG.
    private Errno Go(ScCardDiag argument)
    {
        if (_faults > 0)
        {
            _faults--;
            _suspended = _hadFaults = true;
            argument.DiagnosticStatus = 1;
            return Errno.EFAULT;
        }
        _suspended = false;
        return _hadFaults ? Errno.ENOMSG : Errno.None;
    }

    public Errno Test(ScRamTest argument)
    {
        if (_ram.Length == 0) return Errno.ENXIO;
        if (argument.BufferLength > argument.Buffer.Length
            || (ulong)argument.CardBufferAddress + argument.BufferLength > (ulong)_ram.Length)
            return Errno.EIO;
        var place = _ram.AsSpan((int)argument.CardBufferAddress, (int)argument.BufferLength);
        switch (argument.Option)
        {
            case 1:
                place.CopyTo(argument.Buffer.Span);
                return Errno.None;
            case 2:
                argument.Buffer.Span[..place.Length].CopyTo(place);
                return Errno.None;
            default:
                return Errno.ENXIO;
        }
    }

    public Errno Download(ScDownload argument)
    {
        switch (argument.Option)
        {
            case 1:
                if (argument.MicrocodeLength == 0 || argument.MicrocodeLength % MicrocodeUnit != 0
                    || argument.MicrocodeLength > argument.Microcode.Length)
                    return Errno.EINVAL;
                if (argument.MicrocodeLength > MicrocodeMax) return Errno.ENOMEM;
                _version = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(argument.Microcode.Span);
                return Errno.None;
            case 2:
                argument.VersionNumber = _version;
                return Errno.None;
            case 3:
                return Errno.None;          // command queuing is always on
            default:
                return Errno.ENXIO;
        }
    }
}
