using InferenceApi.Runtime;

namespace Benchmarks.Engine;

/// <summary>A model that costs nothing, so that what is measured is the engine.</summary>
internal sealed class FreeInstance(int rowLength) : IModelInstance
{
    private readonly float[] _input = new float[8 * rowLength];
    private readonly float[] _output = new float[8 * 1000];

    public int Classes => 1000;

    public int RowLength => rowLength;

    public int MaxBatch => 8;

    public BatchSizes BatchSizes { get; } = BatchSizes.Exact(8);

    public int Device => 0;

    /// <summary>Runs so far.</summary>
    public long Runs { get; private set; }

    public Memory<float> InputRow(int row) => _input.AsMemory(row * rowLength, rowLength);

    public void Run(int rows) => Runs++;

    public ReadOnlySpan<float> OutputRow(int row) => _output.AsSpan(row * 1000, 1000);

    public void Dispose()
    {
    }
}
