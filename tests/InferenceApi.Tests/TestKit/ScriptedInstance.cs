using System.Collections.Concurrent;
using InferenceApi.Runtime;

namespace TestKit;

/// <summary>
/// A model that answers when told: class c of an image of value v scores v + c / 8. Not gated, it answers at once.
/// </summary>
internal sealed class ScriptedInstance(int maxBatch = 8, int rowLength = 3, int classes = 4, bool gated = false,
    BatchSizes? batchSizes = null, int device = 0, int slots = 1) : IModelInstance
{
    private readonly float[] _input = new float[maxBatch * rowLength];
    private readonly float[] _output = new float[maxBatch * classes];
    private readonly BlockingCollection<ScriptedRun> _started = [];
    private volatile bool _gated = gated;
    private int _running;
    private int _disposed;

    public int Classes => classes;

    public int RowLength => rowLength;

    public int MaxBatch => maxBatch;

    public BatchSizes BatchSizes { get; } = batchSizes ?? BatchSizes.Exact(maxBatch);

    public int Device => device;

    public int Slots => slots;

    /// <summary>Called at the start of every run with its number of rows; may throw.</summary>
    public Action<int>? OnRun { get; set; }

    public int TimesDisposed => Volatile.Read(ref _disposed);

    /// <summary>Rows of every run so far.</summary>
    public ConcurrentQueue<int> Runs { get; } = new();

    public static float Score(float value, int index) => value + (index / 8f);

    public Memory<float> InputRow(int row) => _input.AsMemory(row * rowLength, rowLength);

    public ReadOnlySpan<float> OutputRow(int row) => _output.AsSpan(row * classes, classes);

    /// <summary>The next run that has begun; waits for it.</summary>
    public ScriptedRun NextRun() =>
        _started.TryTake(out ScriptedRun? run, Patience.Limit) ? run : throw new TimeoutException("No run began.");

    /// <summary>Whether a run has begun that nobody took with <see cref="NextRun"/>.</summary>
    public bool HasStartedRun => _started.Count > 0;

    /// <summary>From now on runs end by themselves; those that wait do too.</summary>
    public void Open()
    {
        _gated = false;
        while (_started.TryTake(out ScriptedRun? run)) run.Finish();
    }

    public void Close() => _gated = true;

    public void Run(int rows)
    {
        ObjectDisposedException.ThrowIf(TimesDisposed > 0, this);
        if (Interlocked.Exchange(ref _running, 1) == 1) throw new InvalidOperationException("Two threads ran one session.");
        try
        {
            Runs.Enqueue(rows);
            OnRun?.Invoke(rows);
            if (_gated)
            {
                var run = new ScriptedRun([.. Enumerable.Range(0, rows).Select(row => _input[row * rowLength])]);
                _started.Add(run);
                if (!_gated) run.Finish();
                run.WaitForEnd();
            }

            for (int row = 0; row < rows; row++)
            {
                for (int index = 0; index < classes; index++)
                    _output[(row * classes) + index] = Score(_input[row * rowLength], index);
            }
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    public void Dispose() => Interlocked.Increment(ref _disposed);
}
