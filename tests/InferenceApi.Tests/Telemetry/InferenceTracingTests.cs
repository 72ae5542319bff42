using System.Diagnostics;
using InferenceApi.Telemetry;

namespace InferenceApi.Tests.Telemetry;

[Collection(TracingCollection.Name)]
public sealed class InferenceTracingTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ActivitySource _requests = new("request-test");

    public void Dispose() => _requests.Dispose();

    [Fact]
    public void Stage_TracedRequest_WritesSpansThatTouch()
    {
        using var recorded = new RecordedSpans("request-test", InferenceTracing.SourceName);
        using (Activity request = _requests.StartActivity("request")!)
        {
            InferenceTracing.Stage("decode", Noon - TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(3));
            InferenceTracing.Stage("prepare", Noon, TimeSpan.FromMilliseconds(1));

            Activity decode = recorded.Named("decode"), prepare = recorded.Named("prepare");
            Assert.Equal((request.SpanId, request.SpanId), (decode.ParentSpanId, prepare.ParentSpanId));
            Assert.Equal(Noon.UtcDateTime.AddMilliseconds(-4), decode.StartTimeUtc);
            Assert.Equal(TimeSpan.FromMilliseconds(3), decode.Duration);
            Assert.Equal(decode.StartTimeUtc + decode.Duration, prepare.StartTimeUtc);
            Assert.Equal(TimeSpan.FromMilliseconds(1), prepare.Duration);
            Assert.Same(request, Activity.Current);
        }
    }

    [Fact]
    public void StartRun_ThreeMembers_LinksToEachRequestAndEachQueueSpanLinksBack()
    {
        using var recorded = new RecordedSpans("request-test", InferenceTracing.SourceName);
        Activity?[] requests = [Start(), Start(), Start()];
        ActivityContext[] members = [.. requests.Select(request => request!.Context)];

        Activity run = InferenceTracing.StartRun("m", members)!;
        ActivityContext context = run.Context;
        run.Dispose();
        Activity.Current = requests[1];
        InferenceTracing.Stage("queue", Noon, TimeSpan.FromMilliseconds(5), context);

        Assert.Equal(members, run.Links.Select(link => link.Context));
        Assert.Equal(members[0].SpanId, run.ParentSpanId);
        Assert.Equal(3, run.GetTagItem("inference.batch.size"));
        Activity queue = recorded.Named("queue");
        Assert.Equal(members[1].SpanId, queue.ParentSpanId);
        Assert.Equal(context, Assert.Single(queue.Links).Context);
        Assert.Equal(TimeSpan.FromMilliseconds(5), queue.Duration);
        Activity.Current = null;
    }

    [Fact]
    public void StartRun_SomeMembersUntraced_LinksToTheOthers()
    {
        using var recorded = new RecordedSpans("request-test", InferenceTracing.SourceName);
        ActivityContext traced = Start()!.Context;
        Activity.Current = null;

        using Activity run = InferenceTracing.StartRun("m", [default, traced])!;

        Assert.Equal(traced, Assert.Single(run.Links).Context);
        Assert.Null(InferenceTracing.StartRun("m", [default, default]));
    }

    [Fact]
    public void Spans_RequestNotSampled_AreNotWritten()
    {
        using var recorded = new RecordedSpans(InferenceTracing.SourceName);
        using Activity request = new Activity("request").Start();

        InferenceTracing.Stage("prepare", Noon, TimeSpan.Zero);
        InferenceTracing.Stage("queue", Noon, TimeSpan.Zero);

        Assert.Equal(default, InferenceTracing.CurrentRequest);
        Assert.Empty(recorded.Spans);
    }

    [Fact]
    public void Spans_NobodyListens_CostNoMemory()
    {
        using Activity request = new Activity("request").Start();
        var members = new ActivityContext[4];
        Record();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Record();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record()
        {
            InferenceTracing.Stage("prepare", Noon, TimeSpan.Zero);
            members[0] = InferenceTracing.CurrentRequest;
            Assert.True(InferenceTracing.StartRun("m", members) is null);
            InferenceTracing.Stage("queue", Noon, TimeSpan.Zero);
        }
    }

    private Activity? Start()
    {
        Activity.Current = null;
        return _requests.StartActivity("request");
    }
}
