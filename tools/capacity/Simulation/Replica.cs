
namespace Capacity.Simulation;

/// <summary>What one replica is: a batch server with a prepare stage in front of it.</summary>
/// <param name="Curve">τ(n), measured without anything else on the machine.</param>
/// <param name="PrepareMs">File to tensor on one core, mean; 0 for none.</param>
/// <param name="Cores">Cores of the replica; so many pictures are prepared at once, as the service does.</param>
/// <param name="SharesCores">Whether runs use the same cores (CPU) or a device of their own (GPU).</param>
internal sealed record Replica(BatchCurve Curve, double PrepareMs, int Cores, bool SharesCores)
{
    /// <summary>Best images a second of the runs alone, over all batch sizes.</summary>
    public double RunRate => Enumerable.Range(1, Curve.MaxBatch).Max(n => n * 1000 / Curve[n]);

    /// <summary>Images a second that the cores can prepare with nothing else to do; infinite where preparing costs nothing.</summary>
    public double PrepareRate => PrepareMs > 0 ? Cores * 1000 / PrepareMs : double.PositiveInfinity;

    /// <summary>
    /// Images a second with the queue never empty, so with full batches: on shared cores the times add up, else the slower stage decides.
    /// </summary>
    public double Capacity
    {
        get
        {
            double full = Curve.MaxBatch * 1000 / Curve[Curve.MaxBatch];
            return SharesCores ? 1 / ((1 / full) + (1 / PrepareRate)) : Math.Min(full, PrepareRate);
        }
    }

    /// <summary>Milliseconds of a lone image on an idle replica; no percentile can be lower.</summary>
    public double IdleMs => PrepareMs + Curve[1];
}
