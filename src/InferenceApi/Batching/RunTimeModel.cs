using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>
/// Predicts when waiting images are answered, from the measured curves. Either all runs are alike, or fewer images than cores run together
/// on all cores and more run one on each core.
/// </summary>
public sealed class RunTimeModel
{
    /// <summary>Runs that are all alike.</summary>
    /// <param name="curve">Of one run.</param>
    /// <param name="atOnce">Such runs that may execute at once; at least 1.</param>
    public RunTimeModel(BatchLatencyCurve curve, int atOnce = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atOnce, 1);
        Curve = curve;
        AtOnce = atOnce;
    }

    /// <summary>Runs that adapt to how many images wait.</summary>
    /// <param name="allCores">Of a run on all cores.</param>
    /// <param name="oneCore">Of a run on one core while the others run too.</param>
    /// <param name="cores">At least 2.</param>
    public RunTimeModel(BatchLatencyCurve allCores, BatchLatencyCurve oneCore, int cores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 2);
        Curve = allCores;
        CoreCurve = oneCore;
        AtOnce = cores;
    }

    /// <summary>Warms a model up and measures it.</summary>
    /// <param name="opened">Its instances' input memory may hold anything finite.</param>
    /// <param name="slots">Taken for every run, so that served models keep their share.</param>
    /// <param name="clock">What runs are timed with.</param>
    /// <param name="budget">As <see cref="WarmUp.Measure"/> has it, for each kind of run.</param>
    /// <param name="cancellation">Checked between runs.</param>
    public static RunTimeModel Measure(
        OpenedModel opened, ComputeSlots slots, TimeProvider clock, TimeSpan budget, CancellationToken cancellation)
    {
        if (opened.AllCores is { } allCores)
        {
            BatchLatencyCurve together = WarmUp.Measure([allCores], slots, clock, budget, cancellation);
            return new(together, WarmUp.MeasureTogether(opened.Instances, slots, clock, budget, cancellation), opened.Instances.Count);
        }

        int atOnce = Math.Min(opened.Instances.Count, Math.Max(1, slots.Count / opened.Instances[0].Slots));
        return new(WarmUp.Measure(opened.Instances, slots, clock, budget, cancellation), atOnce);
    }

    /// <summary>Of runs on all cores, or of every run where all are alike.</summary>
    public BatchLatencyCurve Curve { get; }

    /// <summary>Of runs on one core; null where all runs are alike.</summary>
    public BatchLatencyCurve? CoreCurve { get; }

    /// <summary>Runs that execute at once under backlog.</summary>
    public int AtOnce { get; }

    /// <summary>Most images that are answered at once: what a full machine works on.</summary>
    public int LargestUsefulBatch => CoreCurve is null
        ? Curve.LargestUsefulBatch
        : Math.Max(Curve.LargestUsefulBatch, AtOnce * CoreCurve.LargestUsefulBatch);

    /// <summary>How many runs of one image execute at once under backlog, and what each takes; null where all runs are alike.</summary>
    public (int AtOnce, TimeSpan RunTime)? Parallel => CoreCurve is null ? null : (AtOnce, CoreCurve.Estimate(1));

    /// <summary>Images per second under backlog.</summary>
    public double Throughput => (CoreCurve ?? Curve).Throughput * AtOnce;

    /// <summary>How long a lone image's run takes.</summary>
    public TimeSpan LoneRun => Curve.Estimate(1);

    /// <summary>From the start of the first run to the end of the last, if nothing else runs.</summary>
    /// <param name="images">0 or more.</param>
    /// <param name="someCoresBusy">Whether other runs keep this model from all cores.</param>
    public TimeSpan EstimateAll(int images, bool someCoresBusy = false)
    {
        if (CoreCurve is null) return Curve.EstimateAll(images) / AtOnce;
        TimeSpan apart = CoreCurve.EstimateAll((images + AtOnce - 1) / AtOnce);
        if (someCoresBusy || images >= AtOnce) return apart;
        TimeSpan together = Curve.EstimateAll(images);
        return images > 1 && apart < together ? apart : together;
    }
}
