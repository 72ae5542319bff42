using System.Collections.Concurrent;
using System.Diagnostics;

namespace InferenceApi.Tests.Telemetry;

/// <summary>Records every span of some sources, in the order in which they ended.</summary>
internal sealed class RecordedSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public RecordedSpans(params string[] sources)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<Activity> Spans => _spans;

    public Activity Named(string name) => Assert.Single(_spans, span => span.OperationName == name);

    public void Dispose() => _listener.Dispose();
}
