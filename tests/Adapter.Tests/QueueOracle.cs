using Lunette.Adapter.Arguments;
using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Tests;

/// <summary>A structure as the oracle sees it.</summary>
internal sealed record Sent(int Number, TransactionFlags Flags, bool IsTagged, bool HasCommand, bool HasTimeout)
{
    public bool TimedOut { get; set; }

    public bool Has(TransactionFlags flag) => (Flags & flag) != 0;
}

/// <summary>A structure that must have come back.</summary>
internal readonly record struct Back(int Number, Errno Error, bool WasQueueKept);

/// <summary>
/// The reference's rules of device queues, read anew and without the product's table: what must be at the devices, what
/// must have come back and how, and what each operation must have answered. Plain lists; nothing is fast here.
/// </summary>
internal sealed partial class QueueOracle(int depth, int room)
{
    private readonly SortedDictionary<(byte Id, byte Lun), Device> _devices = [];

    public List<Back> Returned { get; } = [];

    public Dictionary<int, Errno> Answered { get; } = [];

    public List<(Device Device, Sent Sent)> AtDevices { get; } = [];

    public List<Function> Functions { get; } = [];

    /// <summary>Reset events that handlers must have been told of.</summary>
    public int Events { get; private set; }

    /// <summary>What is done with a device's queue now.</summary>
    public enum Phase
    {
        Running,
        Halted,
        Parked,
        Recovering,
        Recovered,
        Clearing,
        Stopping,
    }

    /// <summary>A started device.</summary>
    public sealed class Device(byte id, byte lun)
    {
        public byte Id => id;
        public byte Lun => lun;
        public Phase Phase { get; set; }
        public List<Sent> Pending { get; } = [];
        public List<Sent> Active { get; } = [];
        public Sent? Recovery { get; set; }
        public int Clearings { get; set; }
        public int Sweeps { get; set; }
        public int StopOperation { get; set; }
        public object? Listener { get; set; }
    }

    public Phase? PhaseOf(IdLun at) => Find(at)?.Phase;

    // --- Operations -------------------------------------------------------------------------------------------------

    public void Start(int operation, IdLun at)
    {
        var isNew = !_devices.ContainsKey((at.ScsiId, at.LunId));
        if (isNew) _devices.Add((at.ScsiId, at.LunId), new Device(at.ScsiId, at.LunId));
        Answered[operation] = isNew ? Errno.None : Errno.EINVAL;
    }

    public void Stop(int operation, IdLun at)
    {
        if (Find(at) is not { } device)
        {
            Answered[operation] = Errno.EINVAL;
        }
        else if (device.Phase == Phase.Stopping)
        {
            Answered[operation] = Errno.EIO;
        }
        else
        {
            // What is parked has nobody who would resume it; what is queued is carried out.
            if (device.Phase is Phase.Parked or Phase.Recovering or Phase.Recovered) Flush(device);
            device.Recovery = null;
            device.Phase = Phase.Stopping;
            device.StopOperation = operation;
            Pump(device);
        }
    }

    public void Register(int operation, IdLun at, object listener)
    {
        var device = Find(at);
        Answered[operation] = device is { Listener: null } ? Errno.None : Errno.EINVAL;
        if (device is { Listener: null }) device.Listener = listener;
    }

    /// <summary>A file is closed: what it registered ends, what it started goes on.</summary>
    public void Close(object listener)
    {
        foreach (var device in _devices.Values.Where(device => device.Listener == listener)) device.Listener = null;
    }

    // --- Structures -------------------------------------------------------------------------------------------------

    public void Submit(IdLun at, Sent sent)
    {
        if (Find(at) is not { } device || device.Phase == Phase.Stopping)
        {
            Return(sent, Errno.EINVAL);
            return;
        }
        var isRecoverable = device.Phase is Phase.Parked or Phase.Recovered;
        if (sent.Has(TransactionFlags.QueueClear))
        {
            if (isRecoverable)
            {
                Flush(device);
                Return(sent, Errno.None);
                device.Phase = Phase.Halted;
            }
            else
            {
                Return(sent, device.Phase is Phase.Running or Phase.Halted ? Errno.EINVAL : Errno.ENXIO);
            }
        }
        else if (device.Phase == Phase.Running)
        {
            Append(device, sent);
        }
        else if (device.Phase == Phase.Halted && sent.Has(TransactionFlags.Resume))
        {
            device.Phase = Phase.Running;
            Append(device, sent);
        }
        else if (isRecoverable)
        {
            Recover(device, sent);
        }
        else
        {
            Return(sent, Errno.ENXIO);
        }
        Pump(device);
    }

    private void Recover(Device device, Sent sent)
    {
        var resumes = sent.Has(TransactionFlags.Resume);
        var continues = sent.Has(TransactionFlags.QueueResume) && (resumes || device.Phase == Phase.Recovered);
        if (!continues && !resumes)
        {
            Return(sent, Errno.ENXIO);
        }
        else if (!continues && !sent.IsTagged && sent.HasCommand)
        {
            device.Phase = Phase.Recovering;        // the one recovery command; the rest stays parked
            device.Recovery = sent;
            Send(device, sent);
        }
        else
        {
            device.Phase = Phase.Running;
            device.Pending.Insert(0, sent);
        }
    }

    // --- What devices and targets answer ----------------------------------------------------------------------------

    public void Answer(Device device, Sent sent, bool isGood)
    {
        var wasRecovery = Take(device, sent);
        if (isGood)
        {
            Return(sent, Errno.None);
            if (wasRecovery) device.Phase = Phase.Recovered;
        }
        else if (device.Phase is Phase.Clearing or Phase.Halted)
        {
            Return(sent, Errno.EIO);
        }
        else if (device.Phase != Phase.Stopping && (sent.IsTagged || wasRecovery))
        {
            Return(sent, Errno.EIO, wasKept: true);
            if (wasRecovery || device.Phase != Phase.Recovering) device.Phase = Phase.Parked;
        }
        else
        {
            FailAll(device, sent);
        }
        Pump(device);
    }

    /// <summary>The connection was lost under the command.</summary>
    public void Lose(Device device, Sent sent)
    {
        var wasRecovery = Take(device, sent);
        if (device.Phase == Phase.Clearing) Return(sent, Errno.EIO);
        else FailAll(device, sent, staysRecovering: !wasRecovery);
        Pump(device);
    }

    // --- The queue --------------------------------------------------------------------------------------------------

    private Device? Find(IdLun at) => _devices.GetValueOrDefault((at.ScsiId, at.LunId));

    private void Append(Device device, Sent sent)
    {
        if (device.Pending.Count < room) device.Pending.Add(sent);
        else Return(sent, Errno.ENOMEM);
    }

    private void Pump(Device device)
    {
        while (device is { Phase: Phase.Running or Phase.Stopping, Clearings: 0, Pending: [var next, ..] }
            && MayBeSent(device, next))
        {
            device.Pending.RemoveAt(0);
            if (next.HasCommand) Send(device, next);
            else Return(next, Errno.None);
        }
        if (device is { Phase: Phase.Stopping, Clearings: 0, Pending: [], Active: [] })
        {
            _devices.Remove((device.Id, device.Lun));
            Answered[device.StopOperation] = Errno.None;
        }
    }

    // One command at a time without a tag, never beside tagged ones; as many tagged ones as the depth says.
    private bool MayBeSent(Device device, Sent next) => !next.HasCommand || device.Active.Count == 0
        || next.IsTagged && device.Active.Count < depth && device.Active.TrueForAll(active => active.IsTagged);

    private void Send(Device device, Sent sent)
    {
        device.Active.Add(sent);
        AtDevices.Add((device, sent));
    }

    private bool Take(Device device, Sent sent)
    {
        device.Active.Remove(sent);
        AtDevices.Remove((device, sent));
        var wasRecovery = device.Recovery == sent;
        if (wasRecovery) device.Recovery = null;
        return wasRecovery;
    }

    private void FailAll(Device device, Sent culprit, bool staysRecovering = false)
    {
        Return(culprit, Errno.EIO);
        Flush(device);
        var stays = device.Phase == Phase.Stopping || staysRecovering && device.Phase == Phase.Recovering;
        if (!stays) device.Phase = Phase.Halted;
    }

    private void Flush(Device device)
    {
        foreach (var flushed in device.Pending) Return(flushed, Errno.ENXIO);
        device.Pending.Clear();
    }

    private void Return(Sent sent, Errno error, bool wasKept = false) =>
        Returned.Add(new Back(sent.Number, error, wasKept));
}
