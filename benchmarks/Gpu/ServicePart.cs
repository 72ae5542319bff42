using Benchmarks.Load.Arrivals;
using Benchmarks.Load.Http;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Processes;

namespace Benchmarks.Gpu;

/// <summary>The service in a process of its own, asked over the loopback with JPEGs: saturated, then open loops at parts of that.</summary>
internal static class ServicePart
{
    private static readonly int[] Percentages = [20, 50, 80, 95];

    public static async Task RunAsync(MeasureOptions options)
    {
        byte[][] pictures = options.ReadPictures();
        double kilobytes = pictures.Average(picture => picture.Length) / 1000;
        string settings = string.Join(' ', options.Settings);
        Console.WriteLine($"{pictures.Length} JPEGs of {kilobytes:F0} KB, {Environment.ProcessorCount} cores, {settings}");
        Console.WriteLine("| model | load | img/s | p50 / p99 / p99.9 ms | mean batch | generator's ms an image |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|");
        foreach (string model in options.Models)
        {
            string[] command =
            [
                Path.Combine(AppContext.BaseDirectory, "InferenceApi"), "--urls", $"http://127.0.0.1:{options.Port}",
                $"--Serving:Store={options.Store.Root}", $"--Serving:Preload:0={model}", .. options.Settings,
            ];
            string log = Path.Combine(Path.GetTempPath(), $"gpu-service-{model}.log");
            ServiceProcess service = await ServiceProcess.StartAsync(command, options.Port, log, TimeSpan.FromMinutes(3), default)
                .ConfigureAwait(false);
            await using var ending = service.ConfigureAwait(false);
            await MeasureAsync(options, model, ClassifyRequest.SerializeAll(model, pictures)).ConfigureAwait(false);
        }
    }

    private static async Task MeasureAsync(MeasureOptions options, string model, byte[][] requests)
    {
        await ClosedLoop.RunAsync(options.Port, requests, 4, TimeSpan.FromSeconds(1), 50).ConfigureAwait(false);
        int clients = Math.Max(16, 8 * Environment.ProcessorCount);
        LoadResult saturated = await ClosedLoop.RunAsync(options.Port, requests, clients, options.Time).ConfigureAwait(false);
        Report(model, $"{clients} clients", saturated);
        Report(model, "1 client", await ClosedLoop.RunAsync(options.Port, requests, 1, options.Time / 4).ConfigureAwait(false));
        foreach (int percentage in Percentages)
        {
            double[] times = PoissonArrivals.Times(saturated.Goodput * percentage / 100, options.Time, percentage);
            Report(model, $"open, {percentage} %", await OpenLoop.RunAsync(options.Port, requests, times, 64).ConfigureAwait(false));
        }
    }

    private static void Report(string model, string load, LoadResult result)
    {
        double images = result.Batches.Sum(pair => (double)pair.Value);
        double mean = images / Math.Max(1e-9, result.Batches.Sum(pair => (double)pair.Value / Math.Max(1, pair.Key)));
        string latency = result.Latency is { } l ? $"{l.P50:F1} / {l.P99:F1} / {l.P999:F1}" : "nothing answered";
        string lost = result.Requests > (result.Latency?.Count ?? 0)
            ? $" ({result.Requests - (result.Latency?.Count ?? 0)} not answered)" : "";
        Console.WriteLine(
            $"| {model} | {load} | {result.Goodput:F0}{lost} | {latency} | {mean:F1} | {result.GeneratorCpuMsPerRequest:F2} |");
    }
}
