using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// The only one who looks at the store while models are served: on a thread of its own, one look at a time, so that a store that blocks
/// (a dead network mount) holds up nobody else. Everybody reads what the last finished look found.
/// </summary>
internal sealed class StoreReader
{
    /// <summary>How long anyone waits for a look. One that takes longer counts when it ends.</summary>
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

    /// <summary>What the last look found; empty before the first has ended.</summary>
    public StoreContents Contents => _contents;

    /// <summary>Time since the look began that <see cref="Contents"/> is of; before the first has ended, since the service began.</summary>
    public TimeSpan Age => _clock.GetElapsedTime(Volatile.Read(ref _asOf));

    /// <summary>
    /// Asks for a look that begins after this call. All who ask while another is under way share one.
    /// </summary>
    /// <param name="cancellation">Ends the wait, not the look.</param>
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
                // In the background: a look that never ends does not keep the process from ending.
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
#pragma warning disable CA1031 // Whatever it was, it is told to those who asked, and the next look is another chance.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                asked.SetException(failure);
            }
        }
    }
}
