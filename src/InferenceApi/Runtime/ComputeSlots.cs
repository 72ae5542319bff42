namespace InferenceApi.Runtime;

/// <summary>
/// How many runs may execute at once across all models. First come, first served, and a worker goes to the end of the line after
/// every run, so models share the machine run by run.
/// </summary>
public sealed class ComputeSlots
{
    [ThreadStatic]
    private static ManualResetEventSlim? _callersTurn;

    private readonly Lock _gate = new();
    private readonly Queue<ManualResetEventSlim> _line = new();
    private int _free;

    /// <param name="count">Runs at once; at least 1.</param>
    public ComputeSlots(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _free = count;
    }

    public int Count { get; }

    /// <summary>Workers in line at this moment.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _line.Count;
        }
    }

    /// <summary>Blocks until a slot is the caller's. Give it back with <see cref="Release"/>.</summary>
    public void Take()
    {
        ManualResetEventSlim turn;
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            // No spinning: the wait is as long as a run, and the cores belong to that run.
            turn = _callersTurn ??= new ManualResetEventSlim(false, spinCount: 0);
            _line.Enqueue(turn);
        }

        turn.Wait();
        turn.Reset();
    }

    /// <summary>Gives a slot back, straight to the first in line where there is one.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_line.TryDequeue(out ManualResetEventSlim? turn))
            {
                turn.Set();
                return;
            }

            if (_free == Count) throw new InvalidOperationException("A slot was given back that nobody had.");
            _free++;
        }
    }
}
