namespace InferenceApi.Runtime.Gpu;

/// <summary>
/// Runs any number of rows at a few batch sizes. Where memory runs out it closes and reopens its native side, because after a failed
/// allocation every later run may fail, and goes on with smaller runs.
/// </summary>
internal sealed class BucketedInstance : IModelInstance
{
    // Long enough that a device that stays full is not tried every second, short enough that full speed returns soon after it has memory
    // again.
    private const int RunsBeforeGrowing = 1000;

    private readonly Func<BucketRuns> _open;
    private readonly StagedTensor _input;
    private readonly StagedTensor _output;
    private readonly DedicatedThread _thread;
    private BucketRuns? _runs;
    private int _largest;
    private int _runsSinceShrinking;
    private bool _disposed;

    /// <param name="batchSizes">Sizes it runs at.</param>
    /// <param name="device">Position of the device among those in use.</param>
    /// <param name="input">Rows in: as many as the largest size. Owned from here on, also where this throws.</param>
    /// <param name="output">Rows out, likewise.</param>
    /// <param name="open">Opens the native side; called again after memory ran out. Both run on the instance's own thread.</param>
    public BucketedInstance(BatchSizes batchSizes, int device, StagedTensor input, StagedTensor output, Func<BucketRuns> open)
    {
        BatchSizes = batchSizes;
        Device = device;
        RowLength = input.Memory.Length / batchSizes.Largest;
        Classes = output.Memory.Length / batchSizes.Largest;
        _input = input;
        _output = output;
        _open = open;
        _largest = batchSizes.Largest;
        _thread = new DedicatedThread("session", RunRows);
        try
        {
            _thread.Invoke(0);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Classes { get; }

    public int RowLength { get; }

    public int MaxBatch => BatchSizes.Largest;

    public BatchSizes BatchSizes { get; }

    public int Device { get; }

    /// <summary>False only to measure runs alone: what is computed and answered then means nothing.</summary>
    internal bool CopiesRows { get; set; } = true;

    public Memory<float> InputRow(int row) => _input.Memory.Slice(row * RowLength, RowLength);

    public ReadOnlySpan<float> OutputRow(int row) => _output.GetSpan().Slice(row * Classes, Classes);

    public void Run(int rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxBatch);
        _thread.Invoke(rows);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _thread.Dispose();
        CloseNative();
        ((IDisposable)_input).Dispose();
        ((IDisposable)_output).Dispose();
    }

    /// <summary>Runs on the instance's own thread. Zero rows only open it.</summary>
    private void RunRows(int rows)
    {
        _runs ??= _open();
        int first = 0;
        while (first < rows)
        {
            int count = Math.Min(rows - first, _largest);
            int size = BatchSizes.RunSize(count);
            try
            {
                RunOnce(first, count, size);
                first += count;
                GrowAfterAWhile();
            }
            catch (DeviceMemoryException)
            {
                CloseNative();
                if (size == 1) throw;
                _largest = BatchSizes.FilledSize(size - 1);
                _runsSinceShrinking = 0;
            }
        }
    }

    /// <summary>
    /// The rows beyond <paramref name="count"/> keep what earlier runs left on the device, a valid picture or zeros. Rows are independent,
    /// and copying padding would cost bus time for an unused answer.
    /// </summary>
    private void RunOnce(int first, int count, int size)
    {
        _runs ??= _open();
        if (CopiesRows) _input.Upload(first * RowLength, count * RowLength);
        _runs.Run(size);
        if (CopiesRows) _output.Download(first * Classes, count * Classes);
    }

    private void GrowAfterAWhile()
    {
        if (_largest == BatchSizes.Largest || ++_runsSinceShrinking < RunsBeforeGrowing) return;
        _largest = BatchSizes.RunSize(_largest + 1);
        _runsSinceShrinking = 0;
    }

    private void CloseNative()
    {
        BucketRuns? runs = _runs;
        _runs = null;
        runs?.Close();
    }
}
