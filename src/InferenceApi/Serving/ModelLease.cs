namespace InferenceApi.Serving;

/// <summary>
/// The right to use one loaded version until disposed. A version that was replaced, evicted or unloaded meanwhile ends only after its
/// last lease.
/// </summary>
public sealed class ModelLease : IDisposable
{
    private int _returned;

    internal ModelLease(ServedModel model) => Model = model;

    public ServedModel Model { get; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0) Model.Return();
    }
}
