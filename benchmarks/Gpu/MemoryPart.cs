using InferenceApi.Runtime;
using InferenceApi.Runtime.Gpu;

namespace Benchmarks.Gpu;

/// <summary>What all the models together take of the device, before and after load; the two should be equal.</summary>
internal static class MemoryPart
{
    public static void Run(MeasureOptions options)
    {
        RuntimePlan runtime = options.Choose();
        var sessions = new List<IModelInstance>();
        long Used() =>
            runtime.OnGpu ? CudaRuntime.Memory(runtime.DeviceIds[0]) is var (free, total) ? total - free : 0 : Environment.WorkingSet;

        Console.WriteLine("| after | MB in use |");
        Console.WriteLine("|---|---:|");
        Console.WriteLine($"| start | {Used() / 1e6:F0} |");
        foreach (string model in options.Models)
        {
            sessions.AddRange(options.Open(model, runtime));
            foreach (IModelInstance session in sessions.TakeLast(runtime.Instances * runtime.DeviceIds.Count)) RunAllSizes(session);
            Console.WriteLine($"| {model} open and warm | {Used() / 1e6:F0} |");
        }

        long end = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(end) < options.Time)
        {
            foreach (IModelInstance session in sessions) RunAllSizes(session);
        }

        Console.WriteLine($"| {options.Time.TotalSeconds:F0} s of load | {Used() / 1e6:F0} |");
        foreach (IModelInstance session in sessions) session.Dispose();
        Console.WriteLine($"| all closed | {Used() / 1e6:F0} |");
    }

    private static void RunAllSizes(IModelInstance session)
    {
        foreach (int size in session.BatchSizes.Sizes.Reverse()) session.Run(size);
    }
}
