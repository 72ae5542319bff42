using System.Diagnostics;

namespace InferenceApi.Telemetry;

/// <summary>
/// The spans of an image's way: decode, prepare and queue belong to its request; a run is one span for a whole batch. The run links to
/// every member's request and each queue span links to the run, so one leads to the other in both directions. With no listener each
/// method returns after one comparison.
/// </summary>
public static class InferenceTracing
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "InferenceService";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The request that the calling code works for, to be handed to the run; default where nobody traces it.</summary>
    public static ActivityContext CurrentRequest =>
        Source.HasListeners() && Activity.Current is { Recorded: true } request ? request.Context : default;

    /// <summary>An image was prepared a moment ago.</summary>
    /// <param name="end">Now.</param>
    /// <param name="decode">How long decoding took.</param>
    /// <param name="prepare">How long resize, crop and normalise took, right after.</param>
    public static void Prepared(DateTimeOffset end, TimeSpan decode, TimeSpan prepare)
    {
        if (CurrentRequest is not { TraceFlags: ActivityTraceFlags.Recorded } request) return;
        DateTimeOffset decoded = end - prepare;
        Write("decode", request, decoded - decode, decoded, links: null);
        Write("prepare", request, decoded, end, links: null);
    }

    /// <summary>An image got its answer.</summary>
    /// <param name="start">When it was enqueued.</param>
    /// <param name="waited">How long it was until its run began.</param>
    /// <param name="run">What <see cref="StartRun"/> gave; default where the run is not traced.</param>
    public static void Queued(DateTimeOffset start, TimeSpan waited, ActivityContext run)
    {
        if (CurrentRequest is { TraceFlags: ActivityTraceFlags.Recorded } request)
            Write("queue", request, start, start + waited, run == default ? null : [new ActivityLink(run)]);
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

    private static void Write(string name, ActivityContext parent, DateTimeOffset start, DateTimeOffset end, IEnumerable<ActivityLink>? links)
    {
        using Activity? span = Source.StartActivity(name, ActivityKind.Internal, parent, tags: null, links, start);
        span?.SetEndTime(end.UtcDateTime);
    }
}
