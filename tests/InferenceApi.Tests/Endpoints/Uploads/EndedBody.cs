using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace InferenceApi.Tests.Endpoints.Uploads;

/// <summary>The body of a request that has ended: every call throws, as Kestrel's does.</summary>
internal sealed class EndedBody : PipeReader, IRequestBodyPipeFeature
{
    public PipeReader Reader => this;

    public override void AdvanceTo(SequencePosition consumed) => throw Ended();

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => throw Ended();

    public override void CancelPendingRead() => throw Ended();

    public override void Complete(Exception? exception = null) => throw Ended();

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw Ended();

    public override bool TryRead(out ReadResult result) => throw Ended();

    private static ObjectDisposedException Ended() => new("HttpRequestStream");
}
