using System.Buffers;
using System.Diagnostics;
using InferenceApi.Telemetry;

namespace InferenceApi.Batching;

/// <summary>
/// One prepared image and the task of its caller. The side that takes it out of the queue (a worker, or its leaving caller) owns its memory
/// and disposes it; the queue's lock makes that happen exactly once.
/// </summary>
internal sealed class PendingImage(IMemoryOwner<float> image, long enqueuedAt, long deadline)
{
    // Continuations run elsewhere: a worker must never run a request's code.
    private readonly TaskCompletionSource<ImageResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Neighbours in the queue; touched under its lock only.</summary>
    internal PendingImage? Previous { get; set; }

    internal PendingImage? Next { get; set; }

    internal bool IsQueued { get; set; }

    /// <summary>Clock timestamp of entering the queue.</summary>
    public long EnqueuedAt { get; } = enqueuedAt;

    /// <summary>Clock timestamp after which no run is spent on it.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>The traced request it belongs to; default where it is not traced.</summary>
    public ActivityContext Request { get; } = InferenceTracing.CurrentRequest;

    public Task<ImageResult> Answer => _answer.Task;

    public ReadOnlySpan<float> Pixels => image.Memory.Span;

    public void ReleaseImage() => image.Dispose();

    /// <summary>Answers, unless the caller has left meanwhile; then the result goes back to its pool.</summary>
    public void Complete(ImageResult result)
    {
        if (!_answer.TrySetResult(result)) result.Dispose();
    }

    public void Fail(Exception failure) => _answer.TrySetException(failure);

    public void Cancel(CancellationToken cancellation) => _answer.TrySetCanceled(cancellation);
}
