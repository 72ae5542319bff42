namespace InferenceApi.Batching;

/// <summary>
/// How many runs may execute at once across all models. First come, first served, and a worker goes to the end of the line after
/// every run, so models share the machine run by run. A run may take several slots; how many is decided when it is its turn, by what
/// waits then. Devices are independent of each other: each has as many slots and its own line.
/// </summary>
public sealed class ComputeSlots
{
    [ThreadStatic]
    private static Ticket? _callersTicket;

    private readonly Lock _gate = new();
    private readonly Queue<Ticket>[] _lines;
    private readonly int[] _free;

    /// <param name="count">Slots of each device; at least 1.</param>
    /// <param name="devices">GPUs in use; 1 for the CPU.</param>
    public ComputeSlots(int count, int devices = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(devices, 1);
        PerDevice = count;
        _free = new int[devices];
        Array.Fill(_free, count);
        _lines = new Queue<Ticket>[devices];
        for (int device = 0; device < devices; device++) _lines[device] = new();
    }

    /// <summary>How many slots a caller whose turn it is takes.</summary>
    /// <param name="free">Slots that are free; at least 1.</param>
    /// <param name="behind">Workers in line behind the caller, of whichever model.</param>
    /// <returns>1 … <paramref name="free"/>, or 0 to wait, at the head of the line, until more are free.</returns>
    public delegate int Choice(int free, int behind);

    /// <summary>Slots of all devices together.</summary>
    public int Count => PerDevice * _free.Length;

    /// <summary>Slots of each device.</summary>
    public int PerDevice { get; }

    /// <summary>Workers in line at this moment, for whichever device.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _lines.Sum(line => line.Count);
        }
    }

    /// <summary>Blocks until one slot is the caller's. Give it back with <see cref="Release"/>.</summary>
    /// <param name="device">Position of the device among those in use.</param>
    public void Take(int device = 0) => Take(device, static (_, _) => 1);

    /// <summary>Blocks until it is the caller's turn and as many slots as it then chooses are its own.</summary>
    /// <param name="device">Position of the device among those in use.</param>
    /// <param name="choice">
    /// Called under this object's lock, perhaps by another thread and more than once: it must be quick and take no lock.
    /// </param>
    /// <returns>How many to give back with <see cref="Release"/>.</returns>
    public int Take(int device, Choice choice)
    {
        Ticket ticket;
        lock (_gate)
        {
            if (_lines[device].Count == 0 && _free[device] > 0 && choice(_free[device], 0) is > 0 and var taken)
            {
                _free[device] -= taken;
                return taken;
            }

            ticket = _callersTicket ??= new Ticket();
            ticket.Choice = choice;
            _lines[device].Enqueue(ticket);
        }

        ticket.Turn.Wait();
        ticket.Turn.Reset();
        return ticket.Taken;
    }

    /// <summary>Gives slots back, straight to the first in line for that device where there are any.</summary>
    public void Release(int device = 0, int count = 1)
    {
        lock (_gate)
        {
            if (_free[device] + count > PerDevice) throw new InvalidOperationException("A slot was given back that nobody had.");
            _free[device] += count;
            Queue<Ticket> line = _lines[device];
            while (_free[device] > 0 && line.TryPeek(out Ticket? first))
            {
                int taken = first.Choice!(_free[device], line.Count - 1);
                if (taken == 0) return;
                line.Dequeue();
                _free[device] -= taken;
                first.Taken = taken;
                first.Turn.Set();
            }
        }
    }

    private sealed class Ticket
    {
        // No spinning: the wait is as long as a run, and the cores belong to that run.
        public ManualResetEventSlim Turn { get; } = new(false, spinCount: 0);

        public Choice? Choice { get; set; }

        public int Taken { get; set; }
    }
}
