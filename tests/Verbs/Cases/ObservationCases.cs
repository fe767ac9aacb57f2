using Lunette.Admin.Contracts.Observation;
using Lunette.Admin.Contracts.Verbs;
using static Lunette.Admin.Contracts.StmfStatus;
using static Lunette.Verbs.VerbCase;
using static Lunette.Verbs.VerbCases;

namespace Lunette.Verbs.Cases;

/// <summary>Looking at what is going on.</summary>
internal static class ObservationCases
{
    private static readonly TransitionArguments s_target = new(StateMachine.Target, SmallWorld.TargetName);

    public static IReadOnlyList<VerbCase> All =>
    [
        Small(StmfVerbs.GetActivity, Success, _ => new ActivityArguments(ActivityKind.Session)),
        Small(StmfVerbs.GetTransitions, Success, async world =>
        {
            await world.MakeTargetAsync();
            return s_target;
        }),
        Small(StmfVerbs.GetTransitions, NotFound, _ => s_target),
        Small(StmfVerbs.SetTrace, Success, _ => new TraceArguments(On: true)),
        Small(StmfVerbs.GetTrace, Success, _ => new MostArguments(1)),
        Small(StmfVerbs.SetSlowThreshold, Success, _ => new ThresholdArguments(1)),
        Small(StmfVerbs.GetSlowCommands, Success, _ => Nothing),
        Small(StmfVerbs.GetMetrics, Success, _ => Nothing),
        Whole(StmfVerbs.StartCapture, Success, async world => new SessionArguments(await world.LogInAsync())),
        Whole(StmfVerbs.StartCapture, NotFound, _ => new SessionArguments(0)),
        Whole(StmfVerbs.StartCapture, Busy, async world =>
        {
            var session = await world.LogInAsync();
            for (var i = 0; i < Admin.Administrator.CapturesMax; i++)
                SmallWorld.Must(await world.Admin.StartCaptureAsync(session));
            return new SessionArguments(session);
        }),
        Whole(StmfVerbs.ReadCapture, Success, CaptureAsync),
        Whole(StmfVerbs.ReadCapture, NotFound, _ => new CaptureArguments(0)),
        Whole(StmfVerbs.EndCapture, Success, CaptureAsync),
        Whole(StmfVerbs.EndCapture, NotFound, _ => new CaptureArguments(0)),
    ];

    private static async Task<CaptureArguments> CaptureAsync(WholeWorld world) =>
        new((await world.Admin.StartCaptureAsync(await world.LogInAsync())).Required.Capture);
}
