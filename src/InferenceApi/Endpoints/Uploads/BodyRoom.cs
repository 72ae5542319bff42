using System.Net;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>
/// The bodies that are being read, and the pooled memory of all uploads from their first byte to the answer: bounded in number, in bytes
/// and in slowness, for all callers and for each address. Nothing waits here: what does not fit is refused.
/// </summary>
internal sealed class BodyRoom : IDisposable
{
    /// <summary>The service ends within two of them of what stands still.</summary>
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<BodyReading> _reading = [];
    private readonly Dictionary<IPAddress, Usage> _callers = [];
    private readonly UploadOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeps;
    private readonly int _seats;
    private readonly long _memory;
    private long _held;
    private bool _closing;

    public BodyRoom(UploadOptions options, InferenceMetrics metrics, TimeProvider time)
    {
        _options = options;
        _time = time;
        _memory = options.MemoryBudgetOr(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        // Slow senders hold a first buffer each; they shall not take the memory that the others grow into.
        _seats = (int)Math.Clamp(_memory / 2 / PooledBytes.InitialCapacity, 1, options.MaxReading);
        metrics.Meter.CreateObservableGauge("inference.uploads.reading", () => Reading, "{request}", "Bodies being read.");
        metrics.Meter.CreateObservableGauge("inference.uploads.memory", () => Held, "By", "Pooled memory that uploads hold.");
        _sweeps = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    /// <summary>Bodies being read now.</summary>
    public int Reading
    {
        get
        {
            lock (_gate) return _reading.Count;
        }
    }

    /// <summary>Bytes of pooled memory that uploads hold now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>A seat for one body; disposing it gives the seat back, and its memory where that was given back.</summary>
    /// <exception cref="RequestException">No seat is left, and no body is so slow that it has to give way.</exception>
    public BodyReading Enter(HttpRequest request, CancellationToken cancellation)
    {
        IPAddress caller = Caller.Of(request.HttpContext);
        var body = new BodyReading(this, request, caller, _options.MaxRequestBytes, _time.GetTimestamp(), cancellation);
        lock (_gate)
        {
            Usage usage = _callers.GetValueOrDefault(caller);
            bool share = usage.Bodies + 1 > Share(_seats);
            if ((share || _reading.Count >= _seats) && !GiveWay(share ? caller : null))
            {
                body.Dispose();
                throw Full(share);
            }

            // Anew: the one that gave way may have been of the same caller.
            usage = _callers.GetValueOrDefault(caller);
            _callers[caller] = usage with { Bodies = usage.Bodies + 1 };
            _reading.Add(body);
        }

        return body;
    }

    /// <summary>From now on a body that stands still for a second is refused, so that none keeps the service from ending.</summary>
    public void Close() => Volatile.Write(ref _closing, true);

    public void Dispose() => _sweeps.Dispose();

    /// <exception cref="RequestException">The memory does not suffice. A body that is alone always fits.</exception>
    internal void Take(BodyReading body, int bytes)
    {
        lock (_gate)
        {
            Usage usage = _callers.GetValueOrDefault(body.Caller);
            bool share = usage.Bytes + bytes > Share(_memory) && usage.Bytes > body.Held;
            if (share || (_held + bytes > _memory && _held > body.Held)) throw Full(share);
            Account(body, bytes);
        }
    }

    internal void Give(BodyReading body, int bytes)
    {
        lock (_gate) Account(body, -bytes);
    }

    internal void Leave(BodyReading body)
    {
        lock (_gate)
        {
            if (_reading.Remove(body)) Seat(body.Caller, -1);
        }
    }

    private void Account(BodyReading body, int bytes)
    {
        _held += bytes;
        body.Held += bytes;
        Usage usage = _callers.GetValueOrDefault(body.Caller);
        Keep(body.Caller, usage with { Bytes = usage.Bytes + bytes });
    }

    private void Seat(IPAddress caller, int bodies)
    {
        Usage usage = _callers.GetValueOrDefault(caller);
        Keep(caller, usage with { Bodies = usage.Bodies + bodies });
    }

    private void Keep(IPAddress caller, Usage usage)
    {
        if (usage == default) _callers.Remove(caller);
        else _callers[caller] = usage;
    }

    private long Share(long whole) => Math.Max(1, whole * _options.AddressPercent / 100);

    /// <summary>Where seats are short, the slowest body below the floor loses its seat before its grace is over.</summary>
    private bool GiveWay(IPAddress? of)
    {
        BodyReading? slowest = null;
        double least = _options.MinRate;
        foreach (BodyReading body in _reading)
        {
            TimeSpan age = _time.GetElapsedTime(body.Begun);
            if (age < SweepEvery || (of is not null && !of.Equals(body.Caller))) continue;
            double rate = body.Received / age.TotalSeconds;
            if (rate >= least) continue;
            least = rate;
            slowest = body;
        }

        if (slowest is null) return false;
        Refuse(slowest);
        return true;
    }

    private void Sweep()
    {
        lock (_gate)
        {
            bool closing = Volatile.Read(ref _closing);
            foreach (BodyReading body in _reading.ToArray())
            {
                TimeSpan age = _time.GetElapsedTime(body.Begun);
                long received = body.Received;
                bool stands = closing && age > SweepEvery && received - body.Seen < _options.MinRate * SweepEvery.TotalSeconds;
                body.Seen = received;
                if (stands || received < _options.MinRate * (age - _options.Grace).TotalSeconds) Refuse(body);
            }
        }
    }

    /// <summary>The request that reads it finds the refusal when its read ends.</summary>
    private void Refuse(BodyReading body)
    {
        if (_reading.Remove(body)) Seat(body.Caller, -1);
        body.Refuse(RequestException.TooSlow(_options.MinRate));
    }

    private static RequestException Full(bool share) => new(
        ProblemKind.TooManyUploads,
        share ? "This address has as many uploads under way as one address may have (Uploads:AddressPercent)."
            : "As many uploads are under way as the service takes at once.",
        TimeSpan.FromSeconds(1));

    private readonly record struct Usage(int Bodies, long Bytes);
}
