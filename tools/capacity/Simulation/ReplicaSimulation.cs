namespace Capacity.Simulation;

/// <summary>
/// One replica, simulated as the service works: pictures are prepared first come first served, one on each core, and then queued; when no
/// run is active, everything that waits runs, up to the largest batch. Where runs share the cores, every thread (a run has one a core, a
/// preparation one) gets an equal part, so both slow down together.
/// </summary>
internal sealed class ReplicaSimulation(Replica replica)
{
    private readonly Queue<double> _unprepared = new();
    private readonly Queue<(double End, double Arrival)> _preparing = new();
    private readonly Queue<double> _prepared = new();
    private readonly List<double> _running = new(replica.Curve.MaxBatch);
    private readonly List<double> _latencies = [];
    private double _now;

    // Milliseconds of processor time that each thread has had. All threads progress alike, so ends never have to be rescheduled.
    private double _progress;
    private double _runEnd;

    /// <summary>Images arrived and not answered.</summary>
    public int Outstanding => _unprepared.Count + _preparing.Count + _prepared.Count + _running.Count;

    /// <summary>
    /// Milliseconds from arrival to answer, in the order of answers; only of images arrived since <see cref="ForgetBefore"/>.
    /// </summary>
    public IReadOnlyList<double> Latencies => _latencies;

    /// <summary>Images that arrived earlier than this (ms) are not recorded: they met a replica that had not settled.</summary>
    public double ForgetBefore { get; set; }

    private double Speed
    {
        get
        {
            int threads = _preparing.Count + (replica.SharesCores && _running.Count > 0 ? replica.Cores : 0);
            return threads <= replica.Cores ? 1 : (double)replica.Cores / threads;
        }
    }

    /// <summary>An image arrives at <paramref name="time"/> (ms), not before anything already simulated.</summary>
    public void Arrive(double time)
    {
        AdvanceTo(time);
        if (replica.PrepareMs <= 0) _prepared.Enqueue(time);
        else if (_preparing.Count < replica.Cores) _preparing.Enqueue((_progress + replica.PrepareMs, time));
        else _unprepared.Enqueue(time);
        StartRun();
    }

    /// <summary>Everything that happens until <paramref name="time"/> (ms); infinity answers all that arrived.</summary>
    public void AdvanceTo(double time)
    {
        while (_preparing.Count > 0 || _running.Count > 0)
        {
            double speed = Speed;
            double prepareEnd = _preparing.TryPeek(out (double End, double Arrival) first)
                ? _now + ((first.End - _progress) / speed) : double.PositiveInfinity;
            double runEnd =
                _running.Count == 0 ? double.PositiveInfinity : replica.SharesCores ? _now + ((_runEnd - _progress) / speed) : _runEnd;
            double next = Math.Min(prepareEnd, runEnd);
            if (next > time)
            {
                _progress += (time - _now) * speed;
                break;
            }

            _progress += (next - _now) * speed;
            _now = next;
            if (runEnd <= prepareEnd) EndRun();
            else EndPreparation();
            StartRun();
        }

        if (time > _now && !double.IsPositiveInfinity(time)) _now = time;
    }

    private void EndPreparation()
    {
        _prepared.Enqueue(_preparing.Dequeue().Arrival);
        if (_unprepared.TryDequeue(out double arrival)) _preparing.Enqueue((_progress + replica.PrepareMs, arrival));
    }

    private void StartRun()
    {
        if (_running.Count > 0 || _prepared.Count == 0) return;
        while (_running.Count < replica.Curve.MaxBatch && _prepared.TryDequeue(out double arrival)) _running.Add(arrival);
        _runEnd = (replica.SharesCores ? _progress : _now) + replica.Curve[_running.Count];
    }

    private void EndRun()
    {
        foreach (double arrival in _running)
        {
            if (arrival >= ForgetBefore) _latencies.Add(_now - arrival);
        }

        _running.Clear();
    }
}
