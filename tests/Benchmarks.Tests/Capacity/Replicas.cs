using Capacity.Simulation;

namespace Benchmarks.Tests.Capacity;

/// <summary>Replicas whose behaviour theory knows.</summary>
internal static class Replicas
{
    /// <summary>ResNet-50 on two cores, about.</summary>
    public static readonly Replica Cpu = new(Curve((1, 22), (4, 88)), 2, 2, SharesCores: true);

    /// <summary>One image a run, nothing to prepare.</summary>
    public static Replica OneByOne(double milliseconds) => new(Curve((1, milliseconds)), 0, 1, SharesCores: false);

    public static BatchCurve Curve(params (int Batch, double Milliseconds)[] points) =>
        new(points.ToDictionary(point => point.Batch, point => point.Milliseconds));
}
