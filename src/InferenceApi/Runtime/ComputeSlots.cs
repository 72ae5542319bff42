namespace InferenceApi.Runtime;

/// <summary>
/// How many runs may execute at once across all models. First come, first served, and a worker goes to the end of the line after
/// every run, so models share the machine run by run. Devices are independent of each other: each has as many slots and its own line.
/// </summary>
public sealed class ComputeSlots
{
    [ThreadStatic]
    private static ManualResetEventSlim? _callersTurn;

    private readonly Lock _gate = new();
    private readonly Queue<ManualResetEventSlim>[] _lines;
    private readonly int[] _free;
    private readonly int _perDevice;

    /// <param name="count">Runs at once on each device; at least 1.</param>
    /// <param name="devices">GPUs in use; 1 for the CPU.</param>
    public ComputeSlots(int count, int devices = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(devices, 1);
        _perDevice = count;
        _free = new int[devices];
        Array.Fill(_free, count);
        _lines = new Queue<ManualResetEventSlim>[devices];
        for (int device = 0; device < devices; device++) _lines[device] = new();
    }

    /// <summary>Slots of all devices together.</summary>
    public int Count => _perDevice * _free.Length;

    /// <summary>Workers in line at this moment, for whichever device.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _lines.Sum(line => line.Count);
        }
    }

    /// <summary>Blocks until a slot is the caller's. Give it back with <see cref="Release"/>.</summary>
    /// <param name="device">Position of the device among those in use.</param>
    public void Take(int device = 0)
    {
        ManualResetEventSlim turn;
        lock (_gate)
        {
            if (_free[device] > 0)
            {
                _free[device]--;
                return;
            }

            // No spinning: the wait is as long as a run, and the cores belong to that run.
            turn = _callersTurn ??= new ManualResetEventSlim(false, spinCount: 0);
            _lines[device].Enqueue(turn);
        }

        turn.Wait();
        turn.Reset();
    }

    /// <summary>Gives a slot back, straight to the first in line for that device where there is one.</summary>
    public void Release(int device = 0)
    {
        lock (_gate)
        {
            if (_lines[device].TryDequeue(out ManualResetEventSlim? turn))
            {
                turn.Set();
                return;
            }

            if (_free[device] == _perDevice) throw new InvalidOperationException("A slot was given back that nobody had.");
            _free[device]++;
        }
    }
}
