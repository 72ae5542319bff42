using Microsoft.ML.OnnxRuntime;

namespace InferenceApi.Runtime.Cpu;

/// <summary>
/// Input and output memory of one runner over a shared <see cref="OpenedNetwork"/>. Everything is bound once per batch size, so a run
/// allocates nothing managed. The CPU runs the exact batch size; nothing is padded.
/// </summary>
public sealed class NetworkInstance : IModelInstance
{
    // A cache line, and the width of the widest vector register.
    private const int AlignmentBytes = 64;

    private readonly OpenedNetwork _model;
    private readonly Memory<float> _input;
    private readonly Memory<float> _output;
    private readonly OrtIoBinding?[] _bindings;
    private readonly List<OrtValue> _values = [];
    private readonly RunOptions _runOptions = new();
    private bool _disposed;

    internal NetworkInstance(OpenedNetwork model, int maxBatch, int slots)
    {
        _model = model;
        Slots = slots;
        Classes = model.Classes;
        RowLength = 3 * model.Crop * model.Crop;
        BatchSizes = BatchSizes.Exact(maxBatch);
        _input = AllocatePinned(checked(maxBatch * RowLength));
        _output = AllocatePinned(checked(maxBatch * Classes));
        _bindings = new OrtIoBinding?[maxBatch + 1];
    }

    public int Classes { get; }

    public int RowLength { get; }

    public int MaxBatch => BatchSizes.Largest;

    public BatchSizes BatchSizes { get; }

    public int Device => 0;

    public int Slots { get; }

    public Memory<float> InputRow(int row) => _input.Slice(row * RowLength, RowLength);

    public ReadOnlySpan<float> OutputRow(int row) => _output.Span.Slice(row * Classes, Classes);

    public void Run(int rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxBatch);
        try
        {
            _model.Run(_runOptions, _bindings[rows] ??= Bind(rows));
        }
        catch (OnnxRuntimeException failure) when (DeviceMemoryException.Explains(failure))
        {
            throw new DeviceMemoryException(failure.Message, failure);
        }
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (OrtIoBinding? binding in _bindings) binding?.Dispose();
        foreach (OrtValue value in _values) value.Dispose();
        _runOptions.Dispose();
        _model.Leave();
    }

    private OrtIoBinding Bind(int rows)
    {
        OrtValue input = Keep(OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _input[..(rows * RowLength)], [rows, 3, _model.Crop, _model.Crop]));
        OrtValue output = Keep(OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _output[..(rows * Classes)], [rows, Classes]));
        OrtIoBinding binding = _model.CreateBinding();
        binding.BindInput(_model.InputName, input);
        binding.BindOutput(_model.OutputName, output);
        return binding;
    }

    private OrtValue Keep(OrtValue value)
    {
        _values.Add(value);
        return value;
    }

    /// <summary>
    /// Pinned for its lifetime, because native bindings hold its address; zeroed, because warm-up runs before it is filled.
    /// </summary>
    private static unsafe Memory<float> AllocatePinned(int length)
    {
        const int Slack = AlignmentBytes / sizeof(float);
        float[] array = GC.AllocateArray<float>(length + Slack, pinned: true);
        fixed (float* first = array)
        {
            int misaligned = (int)((nuint)first % AlignmentBytes / sizeof(float));
            return array.AsMemory(misaligned == 0 ? 0 : Slack - misaligned, length);
        }
    }
}
