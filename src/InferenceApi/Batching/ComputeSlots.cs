namespace InferenceApi.Batching;

/// <summary>
/// Limits the runs that execute at once across all models. First come, first served; a worker queues again after every run, so models
/// alternate run by run. A run may take several slots; the number is chosen at its turn, by what waits then. Devices are independent: each
/// has its own slots and its own queue.
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

    /// <summary>Chooses the number of slots at the caller's turn.</summary>
    /// <param name="free">Slots that are free; at least 1.</param>
    /// <param name="behind">Workers of any model queued behind the caller.</param>
    /// <returns>1 … <paramref name="free"/>, or 0 to wait, at the head of the queue, until more are free.</returns>
    public delegate int Choice(int free, int behind);

    /// <summary>Slots of all devices together.</summary>
    public int Count => PerDevice * _free.Length;

    /// <summary>Slots of each device.</summary>
    public int PerDevice { get; }

    /// <summary>Workers queued now, for any device.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _lines.Sum(line => line.Count);
        }
    }

    /// <summary>Blocks until the caller holds one slot. Return it with <see cref="Release"/>.</summary>
    /// <param name="device">Position of the device among those in use.</param>
    public void Take(int device = 0) => Take(device, static (_, _) => 1);

    /// <summary>Blocks until the caller's turn, and takes as many slots as it then chooses.</summary>
    /// <param name="device">Position of the device among those in use.</param>
    /// <param name="choice">
    /// Called under this object's lock, perhaps by another thread and more than once: it must be quick and take no lock.
    /// </param>
    /// <returns>The number to return with <see cref="Release"/>.</returns>
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

    /// <summary>Returns slots, and passes them to the first queued worker of that device.</summary>
    public void Release(int device = 0, int count = 1)
    {
        lock (_gate)
        {
            if (_free[device] + count > PerDevice) throw new InvalidOperationException("More slots were returned than were taken.");
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
