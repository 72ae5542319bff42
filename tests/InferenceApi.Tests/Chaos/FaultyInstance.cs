using InferenceApi.Runtime;

namespace InferenceApi.Tests.Chaos;

/// <summary>A real instance whose runs fail now and then.</summary>
internal sealed class FaultyInstance(IModelInstance inner, RunFaults faults) : IModelInstance
{
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
        faults.Strike(rows);
        inner.Run(rows);
    }
}
