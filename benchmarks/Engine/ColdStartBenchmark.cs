using System.Diagnostics;
using InferenceApi.Batching;
using InferenceApi.Runtime;

namespace Benchmarks.Engine;

/// <summary>Opening and warming up a network, with and without an optimised graph, and the memory after it.</summary>
internal static class ColdStartBenchmark
{
    public static void Run(string path)
    {
        using var model = new ModelFile(path);
        Console.WriteLine("| opening | open ms | warm up ms | largest useful batch | images/s | RSS MB |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        Measure("as exported", model, null);
        Measure("as exported, graph saved", model, model.GraphCache);
        Measure("optimised graph", model, model.GraphCache);
        Measure("optimised graph", model, model.GraphCache);
    }

    private static void Measure(string name, ModelFile model, string? cache)
    {
        long startedAt = Stopwatch.GetTimestamp();
        IReadOnlyList<IModelInstance> sessions = model.Open(new RuntimeOptions { OptimizedGraphCache = cache });
        double open = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        startedAt = Stopwatch.GetTimestamp();
        BatchLatencyCurve curve = WarmUp.Measure(sessions, new ComputeSlots(1), TimeProvider.System, TimeSpan.FromSeconds(0.4), default);
        double warm = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        long resident = Process.GetCurrentProcess().WorkingSet64 >> 20;
        Console.WriteLine($"| {name} | {open:F0} | {warm:F0} | {curve.LargestUsefulBatch} | {curve.Throughput:F1} | {resident} |");
        foreach (IModelInstance session in sessions) session.Dispose();
    }
}
