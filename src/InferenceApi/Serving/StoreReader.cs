using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// The only reader of the store while models are served: on a dedicated thread, one reading at a time, so that a blocked store (a dead
/// network mount) delays no request. Everything else uses the last finished reading.
/// </summary>
internal sealed class StoreReader
{
    /// <summary>How long a caller waits for a reading. A longer one is used when it ends.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly StoreFolder _store;
    private readonly TimeProvider _clock;
    private volatile StoreContents _contents = StoreContents.Empty;
    private TaskCompletionSource? _asked;
    private bool _reading;
    private long _asOf;

    public StoreReader(StoreFolder store, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        _asOf = clock.GetTimestamp();
    }

    /// <summary>The last finished reading; empty before the first.</summary>
    public StoreContents Contents => _contents;

    /// <summary>Time since the reading of <see cref="Contents"/> began; before the first has ended, since the service began.</summary>
    public TimeSpan Age => _clock.GetElapsedTime(Volatile.Read(ref _asOf));

    /// <summary>
    /// Requests a reading that begins after this call. Callers that come while another is under way share one.
    /// </summary>
    /// <param name="cancellation">Ends the wait, not the reading.</param>
    /// <exception cref="TimeoutException">It did not end within <see cref="Patience"/>.</exception>
    /// <exception cref="IOException">The store cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public Task RefreshAsync(CancellationToken cancellation)
    {
        Task asked;
        lock (_gate)
        {
            _asked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            asked = _asked.Task;
            if (!_reading)
            {
                _reading = true;
                // A background thread: a reading that never ends does not keep the process alive.
                new Thread(Read) { IsBackground = true, Name = "Store reader" }.Start();
            }
        }

        return asked.WaitAsync(Patience, _clock, cancellation);
    }

    private void Read()
    {
        while (true)
        {
            TaskCompletionSource asked;
            lock (_gate)
            {
                if (_asked is null)
                {
                    _reading = false;
                    return;
                }

                (asked, _asked) = (_asked, null);
            }

            try
            {
                long began = _clock.GetTimestamp();
                _contents = StoreContents.Read(_store, _contents);
                Volatile.Write(ref _asOf, began);
                asked.SetResult();
            }
#pragma warning disable CA1031 // Every failure is passed to the waiting callers, and the next reading tries again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                asked.SetException(failure);
            }
        }
    }
}
