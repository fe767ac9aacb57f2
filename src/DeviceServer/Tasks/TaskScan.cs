namespace Lunette.DeviceServer.Tasks;

/// <summary>What one pass over the task set has met so far, of one task set (the whole, or one nexus' with
/// TST).</summary>
internal struct TaskScan
{
    public int Pass;
    public bool AnyOlder;
    public bool BarrierOlder;
}
