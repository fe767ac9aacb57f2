using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Opening;

/// <summary>
/// An open special file of an adapter: what a head driver or a process holds. Devices it has started stay started when
/// it is closed, until somebody stops them; its event handlers hear no more.
/// </summary>
public sealed class AdapterFile : IDisposable
{
    private readonly bool _diagnostic;
    private int _closed;

    internal AdapterFile(ScsiAdapter adapter, AdapterCaller caller, bool diagnostic)
    {
        Adapter = adapter;
        Caller = caller;
        _diagnostic = diagnostic;
    }

    /// <summary>The adapter.</summary>
    public ScsiAdapter Adapter { get; }

    /// <summary>Who opened it.</summary>
    public AdapterCaller Caller { get; }

    /// <summary>The strategy entry; EACCES in diagnostic mode, EINVAL when closed.</summary>
    public Errno Strategy(Transaction transaction)
    {
        if (_closed != 0) return Errno.EINVAL;
        if (_diagnostic) return Errno.EACCES;
        Adapter.Strategy(transaction);
        return Errno.None;
    }

    /// <summary>
    /// Carries out an operation with its typed argument: an <see cref="IdLun"/>, the operation's structure, or null.
    /// </summary>
    /// <returns>0 or the error; an argument of another type is EFAULT, an unknown operation EINVAL.</returns>
    public Task<Errno> IoctlAsync(int number, object? argument = null)
    {
        if (_closed != 0 || AdapterOperation.Find(number) is not { } operation) return Task.FromResult(Errno.EINVAL);
        if (operation.KernelOnly && !Caller.IsKernel) return Task.FromResult(Errno.EPERM);
        if (operation.Mode != OperationMode.Either && operation.Mode == OperationMode.Diagnostic != _diagnostic)
            return Task.FromResult(Errno.EACCES);
        return operation.Unsupported ? Task.FromResult(Errno.EINVAL) : Adapter.CarryOutAsync(this, number, argument);
    }

    /// <summary>
    /// Carries out an operation with its argument as the caller's program lays it out; answers are written back into
    /// it and into what it points to.
    /// </summary>
    /// <param name="number">The operation.</param>
    /// <param name="argument">The structure, or the IDLUN: a long of four or eight bytes.</param>
    /// <param name="abi">The caller's.</param>
    /// <param name="memory">The caller's memory.</param>
    public async Task<Errno> IoctlAsync(int number, Memory<byte> argument, CallerAbi abi, ICallerMemory memory)
    {
        if (AdapterOperation.Find(number) is not { } operation) return Errno.EINVAL;
        if (number == IoctlNumber.IOCINFO) return Tell(GetInfo().ToBytes(abi), argument.Span);
        if (operation.Layout is not { } layout)
        {
            if (operation.KernelOnly) return Caller.IsKernel ? Errno.EFAULT : Errno.EPERM;
            return await IoctlAsync(number, ReadIdLun(argument.Span, abi)).ConfigureAwait(false);
        }
        if (!layout.TryDecode(argument.Span, abi, memory, out var typed)) return Errno.EFAULT;
        var error = await IoctlAsync(number, typed).ConfigureAwait(false);
        layout.Encode(typed, argument.Span, abi);
        return error;
    }

    // A long of the caller's; what it has above 32 bits is reserved, too.
    private static IdLun? ReadIdLun(ReadOnlySpan<byte> argument, CallerAbi abi)
    {
        if (argument.Length is not (sizeof(uint) or sizeof(ulong))) return null;
        var value = 0ul;
        for (var i = 0; i < argument.Length; i++)
            value = value << 8 | argument[abi.BigEndian ? i : argument.Length - 1 - i];
        return new IdLun((uint)Math.Min(value, uint.MaxValue));
    }

    private Errno Tell(ReadOnlySpan<byte> info, Span<byte> to)
    {
        if (_closed != 0) return Errno.EINVAL;
        return info.TryCopyTo(to) ? Errno.None : Errno.EFAULT;
    }

    /// <summary>IOCINFO.</summary>
    public DeviceInfo GetInfo() => new(DeviceInfo.Bus, Adapter.Description.Kind, Adapter.Attributes.CardScsiId,
        Adapter.Description.MaxTransferBytes);

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) Adapter.Closed(this);
    }
}
