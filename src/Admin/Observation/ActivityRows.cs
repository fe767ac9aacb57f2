using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Statistics;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin.Observation;

/// <summary>What the framework counts and takes down, in the administrators' words.</summary>
internal static class ActivityRows
{
    public static IReadOnlyList<Activity> Of(StmfFramework framework, ActivityKind kind) => kind switch
    {
        ActivityKind.LogicalUnit => [.. framework.LogicalUnitTotals.Select(row => Row(
            row.LogicalUnit.LogicalUnit.Id.ToString(), row.LogicalUnit.LogicalUnit.Alias, 0, null, row.Totals))],
        ActivityKind.Target => [.. framework.TargetTotals.Select(row => Row(
            row.Target.Port.Name, row.Target.Port.Alias, row.Target.Sessions, null, row.Totals))],
        ActivityKind.Initiator => [.. framework.InitiatorTotals.Select(row => Row(
            row.Initiator.Name, row.Initiator.Alias, row.Sessions, null, row.Totals))],
        _ => [.. framework.SessionTotals.Select(row => Row(
            row.Nexus.Number.ToString(CultureInfo.InvariantCulture), row.Nexus.Initiator.Alias, 1,
            Describe(row.Nexus), row.Totals))],
    };

    public static SessionDescription Describe(ItNexus nexus) => new(
        nexus.Number, nexus.Initiator.Name, nexus.Port.Name, nexus.Initiator.Address, nexus.CreatedAt);

    public static CommandRecord Describe(TaskRecord record) => new(
        record.At, record.Nexus.Number, record.Nexus.Initiator.Name, record.Nexus.Port.Name,
        record.LogicalUnit is { Id.IsNaa6: true } unit ? unit.Id.ToString() : "", record.Lun.Number, record.Tag,
        CdbDescription.Describe(record.Cdb), Convert.ToHexString(record.Cdb), Outcome(record.End), record.End.Bytes,
        record.End.Nanoseconds, record.QueueNanoseconds, record.TransferNanoseconds, record.StoreNanoseconds);

    private static string Outcome(in TaskEnd end) => end.Error == 0 ? "GOOD" : TaskError.Describe(end.Error);

    private static Activity Row(
        string name, string alias, int sessions, SessionDescription? session, TaskTotals totals) => new(
        name, alias, sessions, session, Direction(totals, TaskDirection.In), Direction(totals, TaskDirection.Out),
        Direction(totals, TaskDirection.None), totals.Aborted, Errors(totals));

    private static DirectionActivity Direction(TaskTotals totals, TaskDirection direction)
    {
        var of = totals.Of(direction);
        var latencies = new List<LatencyCount>();
        for (var bucket = 0; bucket < LatencyHistogram.Buckets; bucket++)
            if (of.Latencies[bucket] > 0) latencies.Add(new(LatencyHistogram.UpperBound(bucket), of.Latencies[bucket]));
        return new(of.Tasks, of.Bytes, of.Nanoseconds, latencies);
    }

    private static List<NamedCount> Errors(TaskTotals totals)
    {
        List<NamedCount> errors =
            [.. totals.Errors.Select(error => new NamedCount(TaskError.Describe(error.Key), error.Value))];
        if (totals.OtherErrors > 0) errors.Add(new("other errors", totals.OtherErrors));
        return errors;
    }
}
