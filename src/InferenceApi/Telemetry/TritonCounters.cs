using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace InferenceApi.Telemetry;

/// <summary>
/// The counters of NVIDIA Triton Inference Server under their own names, one set per model and version, so that dashboards and
/// autoscalers made for it work. They are read when collected; recording is an interlocked addition.
/// </summary>
internal sealed class TritonCounters
{
    private readonly ConcurrentDictionary<(string Model, int Version), Series> _series = new();
    private readonly ConcurrentDictionary<string, Series> _newest = new(StringComparer.Ordinal);

    public TritonCounters(Meter meter)
    {
        Counter("nv_inference_request_success", "Requests answered.", series => series.Success);
        Counter("nv_inference_request_failure", "Requests that failed.", series => series.Failure);
        Counter("nv_inference_count", "Images run; a batch of n counts n.", series => series.Images);
        Counter("nv_inference_exec_count", "Runs; a batch of n counts 1.", series => series.Runs);
        Counter("nv_inference_request_duration_us", "Sum of the durations of answered requests, in microseconds.",
            series => series.RequestMicroseconds);
        Counter("nv_inference_queue_duration_us", "Sum of the times that answered requests waited, in microseconds.",
            series => series.QueueMicroseconds);
        Counter("nv_inference_compute_infer_duration_us", "Sum of the durations of the runs of answered requests, in microseconds.",
            series => series.RunMicroseconds);

        // No unit: Triton's names must not get a suffix.
        void Counter(string name, string description, Func<Series, long> value) => meter.CreateObservableCounter(
            name, () => _series.Values.Select(series => new Measurement<long>(value(series), series.Tags)), unit: null, description);
    }

    /// <summary>From here on the version is counted.</summary>
    public void Add(string model, int version) =>
        _newest[model] = _series.GetOrAdd((model, version), key => new Series(key.Model, key.Version));

    /// <summary>The series of a version, of the last loaded where the version is 0, null where it was never loaded.</summary>
    public Series? Of(string model, int version)
    {
        Series? series;
        return (version == 0 ? _newest.TryGetValue(model, out series) : _series.TryGetValue((model, version), out series)) ? series : null;
    }

    internal sealed class Series(string model, int version)
    {
        private long _success;
        private long _failure;
        private long _images;
        private long _runs;
        private long _requestMicroseconds;
        private long _queueMicroseconds;
        private long _runMicroseconds;

        public KeyValuePair<string, object?>[] Tags { get; } = InferenceMetrics.TagsOf(model, version);

        public long Success => Volatile.Read(ref _success);

        public long Failure => Volatile.Read(ref _failure);

        public long Images => Volatile.Read(ref _images);

        public long Runs => Volatile.Read(ref _runs);

        public long RequestMicroseconds => Volatile.Read(ref _requestMicroseconds);

        public long QueueMicroseconds => Volatile.Read(ref _queueMicroseconds);

        public long RunMicroseconds => Volatile.Read(ref _runMicroseconds);

        public void RunFinished(int rows)
        {
            Interlocked.Increment(ref _runs);
            Interlocked.Add(ref _images, rows);
        }

        public void RequestFinished(bool succeeded, TimeSpan duration, in StageTimings timings)
        {
            if (!succeeded)
            {
                Interlocked.Increment(ref _failure);
                return;
            }

            Interlocked.Increment(ref _success);
            Interlocked.Add(ref _requestMicroseconds, (long)duration.TotalMicroseconds);
            Interlocked.Add(ref _queueMicroseconds, (long)timings.Queue.TotalMicroseconds);
            Interlocked.Add(ref _runMicroseconds, (long)timings.Run.TotalMicroseconds);
        }
    }
}
