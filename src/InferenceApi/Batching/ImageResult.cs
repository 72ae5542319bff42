using System.Buffers;
using System.Diagnostics;

namespace InferenceApi.Batching;

/// <summary>One image's answer. The logits lie in a pooled buffer: dispose it when they are ranked.</summary>
public sealed class ImageResult : IDisposable
{
    private readonly int _classes;
    private float[]? _logits;

    internal ImageResult(ReadOnlySpan<float> logits, int batchSize, TimeSpan queueTime, TimeSpan runTime)
    {
        _classes = logits.Length;
        _logits = ArrayPool<float>.Shared.Rent(logits.Length);
        logits.CopyTo(_logits);
        BatchSize = batchSize;
        QueueTime = queueTime;
        RunTime = runTime;
    }

    /// <summary>One row of raw scores, in the order of the labels.</summary>
    public ReadOnlySpan<float> Logits => (_logits ?? throw new ObjectDisposedException(nameof(ImageResult))).AsSpan(0, _classes);

    /// <summary>Images in the run that answered this one, itself included.</summary>
    public int BatchSize { get; }

    /// <summary>From enqueueing to the start of the run.</summary>
    public TimeSpan QueueTime { get; }

    /// <summary>Duration of the native call.</summary>
    public TimeSpan RunTime { get; }

    /// <summary>Span of the run; default where it is not traced.</summary>
    public ActivityContext RunSpan { get; init; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _logits, null) is { } logits) ArrayPool<float>.Shared.Return(logits);
    }
}
