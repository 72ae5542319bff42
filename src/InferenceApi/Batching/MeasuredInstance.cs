using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>
/// The place of an instance, and how long its runs take. An instance whose run hangs, or whose memory ran out, is taken out and another
/// is opened in its place; the place's device, slots and curve stay.
/// </summary>
internal sealed class MeasuredInstance : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<IModelInstance>? _open;
    private IModelInstance? _session;
    private bool _closed;

    /// <param name="session">Used by one thread at a time; owned from here on.</param>
    /// <param name="curve">Of this instance's runs.</param>
    /// <param name="open">Opens another like it; null where none can be had.</param>
    public MeasuredInstance(IModelInstance session, BatchLatencyCurve curve, Func<IModelInstance>? open = null)
    {
        _session = session;
        _open = open;
        Curve = curve;
        Device = session.Device;
        Slots = session.Slots;
        LargestBatch = Math.Min(session.MaxBatch, curve.LargestUsefulBatch);
    }

    /// <summary>Null while another is being opened.</summary>
    public IModelInstance? Session => Volatile.Read(ref _session);

    public BatchLatencyCurve Curve { get; }

    /// <inheritdoc cref="IModelInstance.Device"/>
    public int Device { get; }

    /// <inheritdoc cref="IModelInstance.Slots"/>
    public int Slots { get; }

    /// <summary>Most images in one run.</summary>
    public int LargestBatch { get; }

    /// <summary>Leaves the place empty; the instance is the caller's to dispose, when its run has returned.</summary>
    public void Vacate() => Volatile.Write(ref _session, null);

    /// <summary>Opens another. Blocks for as long as that takes, and throws whatever opening throws.</summary>
    public void Refill()
    {
        IModelInstance fresh = (_open ?? throw new NotSupportedException("No other instance can be opened."))();
        lock (_gate)
        {
            bool alike = fresh.Slots == Slots && fresh.MaxBatch >= LargestBatch;
            if (alike && !_closed)
            {
                Volatile.Write(ref _session, fresh);
                return;
            }

            fresh.Dispose();
            if (!alike) throw new NotSupportedException("The model was opened with another kind of instance.");
        }
    }

    /// <summary>Nothing runs on it any more, and one that is being opened closes at once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Interlocked.Exchange(ref _session, null)?.Dispose();
        }
    }
}
