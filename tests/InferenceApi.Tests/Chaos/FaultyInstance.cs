using InferenceApi.Runtime;

namespace InferenceApi.Tests.Chaos;

/// <summary>A real instance whose runs fail now and then, by a seeded choice.</summary>
internal sealed class FaultyInstance(IModelInstance inner, Random faults, int everyNth) : IModelInstance
{
    private readonly Lock _gate = new();

    public int Classes => inner.Classes;

    public int RowLength => inner.RowLength;

    public int MaxBatch => inner.MaxBatch;

    public BatchSizes BatchSizes => inner.BatchSizes;

    public int Device => inner.Device;

    public int Slots => inner.Slots;

    public Memory<float> InputRow(int row) => inner.InputRow(row);

    public ReadOnlySpan<float> OutputRow(int row) => inner.OutputRow(row);

    public void Dispose() => inner.Dispose();

    public void Run(int rows)
    {
        bool fails;
        lock (_gate) fails = faults.Next(everyNth) == 0;
        if (fails) throw new InvalidOperationException("This run was to fail.");
        inner.Run(rows);
    }
}
