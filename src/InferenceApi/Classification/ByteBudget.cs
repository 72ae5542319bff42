namespace InferenceApi.Classification;

/// <summary>So many bytes that may be held at once; who wants more than are left waits, first come first served. Thread-safe.</summary>
internal sealed class ByteBudget(long capacity)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private long _left = capacity;

    /// <param name="bytes">At most the capacity.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellation)
    {
        LinkedListNode<(long Bytes, TaskCompletionSource Granted)> place;
        lock (_gate)
        {
            if (_waiting.Count == 0 && bytes <= _left)
            {
                _left -= bytes;
                return;
            }

            place = _waiting.AddLast((bytes, new(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        try
        {
            await place.Value.Granted.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // Granted in the same moment: give it on.
                if (place.List is null) _left += bytes;
                else _waiting.Remove(place);
                Grant();
            }

            throw;
        }
    }

    public void Return(long bytes)
    {
        lock (_gate)
        {
            _left += bytes;
            Grant();
        }
    }

    private void Grant()
    {
        while (_waiting.First is { } first && first.Value.Bytes <= _left)
        {
            _waiting.RemoveFirst();
            _left -= first.Value.Bytes;
            first.Value.Granted.SetResult();
        }
    }
}
