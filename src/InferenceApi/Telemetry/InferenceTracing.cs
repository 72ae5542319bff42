using System.Diagnostics;

namespace InferenceApi.Telemetry;

/// <summary>
/// The spans of a request: one for each stage, under its request; a run is one span for a whole batch. The run links to every
/// member's request and each queue span links to the run, so one leads to the other in both directions. With no listener each method
/// returns after one comparison.
/// </summary>
public static class InferenceTracing
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "InferenceService";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The request that the calling code works for, passed on to the run; default where it is not traced.</summary>
    public static ActivityContext CurrentRequest =>
        Source.HasListeners() && Activity.Current is { Recorded: true } request ? request.Context : default;

    /// <summary>A stage of the current request ended.</summary>
    /// <param name="name">As in <see cref="StageTimings"/>, in lower case.</param>
    /// <param name="end">When it ended.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="run">
    /// What <see cref="StartRun"/> gave, for the stage that waited for it; default elsewhere and where no run is traced.
    /// </param>
    public static void Stage(string name, DateTimeOffset end, TimeSpan duration, ActivityContext run = default)
    {
        if (CurrentRequest is not { TraceFlags: ActivityTraceFlags.Recorded } request) return;
        ActivityLink[]? links = run == default ? null : [new ActivityLink(run)];
        using Activity? span = Source.StartActivity(name, ActivityKind.Internal, request, tags: null, links, end - duration);
        span?.SetEndTime(end.UtcDateTime);
    }

    /// <summary>
    /// Begins the span of a run; the caller disposes it when the run ends, and sets its status if it fails. Null where no member is traced.
    /// It lies in the trace of the oldest traced member, so that whatever samples requests decides about runs too.
    /// </summary>
    /// <param name="model">Whose run.</param>
    /// <param name="members"><see cref="CurrentRequest"/> of each row, at the time it was enqueued.</param>
    public static Activity? StartRun(string model, ReadOnlySpan<ActivityContext> members)
    {
        if (!Source.HasListeners()) return null;
        ActivityContext parent = default;
        List<ActivityLink>? links = null;
        foreach (ActivityContext member in members)
        {
            if (member == default) continue;
            if (parent == default) parent = member;
            (links ??= new List<ActivityLink>(members.Length)).Add(new ActivityLink(member));
        }

        if (links is null) return null;
        Activity? run = Source.StartActivity("run", ActivityKind.Internal, parent, tags: null, links);
        return run?.SetTag("inference.model", model).SetTag("inference.batch.size", members.Length);
    }
}
