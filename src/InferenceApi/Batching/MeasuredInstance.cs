using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>
/// The place of an instance, and the times of its runs. An instance whose run hangs or whose memory ran out is replaced by a new one; the
/// place keeps its device, slots and curve.
/// </summary>
internal sealed class MeasuredInstance : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<IModelInstance>? _open;
    private IModelInstance? _instance;
    private bool _closed;

    /// <param name="instance">Used by one thread at a time; owned from here on.</param>
    /// <param name="curve">Of this instance's runs.</param>
    /// <param name="open">Opens a replacement; null where that is impossible.</param>
    public MeasuredInstance(IModelInstance instance, BatchLatencyCurve curve, Func<IModelInstance>? open = null)
    {
        _instance = instance;
        _open = open;
        Curve = curve;
        Device = instance.Device;
        Slots = instance.Slots;
        LargestBatch = Math.Min(instance.MaxBatch, curve.LargestUsefulBatch);
    }

    /// <summary>Null while another is being opened.</summary>
    public IModelInstance? Instance => Volatile.Read(ref _instance);

    public BatchLatencyCurve Curve { get; }

    /// <inheritdoc cref="IModelInstance.Device"/>
    public int Device { get; }

    /// <inheritdoc cref="IModelInstance.Slots"/>
    public int Slots { get; }

    /// <summary>Most images in one run.</summary>
    public int LargestBatch { get; }

    /// <summary>Empties the place. The caller disposes the instance after its run has returned.</summary>
    public void Vacate() => Volatile.Write(ref _instance, null);

    /// <summary>Opens a replacement. Blocks until it is open, and throws what opening throws.</summary>
    public void Refill()
    {
        IModelInstance fresh = (_open ?? throw new NotSupportedException("No other instance can be opened."))();
        lock (_gate)
        {
            bool alike = fresh.Slots == Slots && fresh.MaxBatch >= LargestBatch;
            if (alike && !_closed)
            {
                Volatile.Write(ref _instance, fresh);
                return;
            }

            fresh.Dispose();
            if (!alike) throw new NotSupportedException("The model was opened with another kind of instance.");
        }
    }

    /// <summary>Call it when nothing runs on the instance; one that is being opened closes at once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Interlocked.Exchange(ref _instance, null)?.Dispose();
        }
    }
}
