namespace InferenceApi.Runtime;

/// <summary>
/// n rows in, n rows out: what batching needs of a model. The only interface of the service, so that tests can drive batching with a
/// scripted model. One thread at a time uses an instance; several instances may run at once.
/// </summary>
public interface IModelInstance : IDisposable
{
    /// <summary>Floats in one output row: the logits of one image.</summary>
    int Classes { get; }

    /// <summary>Floats in one input row: the prepared image, planar R, G, B.</summary>
    int RowLength { get; }

    /// <summary>Most rows that one run takes.</summary>
    int MaxBatch { get; }

    /// <summary>The sizes that runs are made at; rows between two of them take as long as the larger.</summary>
    BatchSizes BatchSizes { get; }

    /// <summary>Which of the devices in use it runs on, counted from 0; 0 on the CPU.</summary>
    int Device { get; }

    /// <summary>Compute slots that one run takes: 1, or all of them where the run computes on all cores.</summary>
    int Slots => 1;

    /// <summary>The instance's own memory for one input row, to be filled before <see cref="Run"/>.</summary>
    /// <param name="row">0 … <see cref="MaxBatch"/> − 1.</param>
    Memory<float> InputRow(int row);

    /// <summary>One native call over rows 0 … <paramref name="rows"/> − 1. Blocks the calling thread until the answers are there.</summary>
    /// <param name="rows">1 … <see cref="MaxBatch"/>.</param>
    void Run(int rows);

    /// <summary>The logits of one row of the last run; valid until the next.</summary>
    ReadOnlySpan<float> OutputRow(int row);
}
