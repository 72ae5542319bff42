using Benchmarks.Ceilings;
using Benchmarks.Load.Http;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;

namespace Benchmarks.Load.Scenarios;

/// <summary>What the scenarios share: options, pictures, the report, and figures that later scenarios build on.</summary>
internal sealed class BenchRun(BenchOptions options, IReadOnlyList<byte[]> pictures, Report report, CancellationToken cancellation)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    public BenchOptions Options => options;

    public IReadOnlyList<byte[]> Pictures => pictures;

    public Report Report => report;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Our saturation throughput, images a second; open loops are scaled to it.</summary>
    public double? Capacity { get; set; }

    /// <summary>Our idle latency.</summary>
    public double? IdleP50 { get; set; }

    public byte[][] Requests(string model, TimeSpan? timeout = null) => ClassifyRequest.SerializeAll(model, pictures, timeout);

    public Task<ServiceProcess> StartAsync(Contender contender, string model) => ServiceProcess.StartAsync(
        contender.Command(model), contender.Port, Path.Combine(options.Scratch, "logs", $"{contender.Name}.log"), StartPatience,
        cancellation);

    /// <summary>Ceilings of a model, measured by the ceilings verb with the server's own session options.</summary>
    /// <param name="model">An installed model.</param>
    /// <param name="seconds">For each single measurement.</param>
    public Task<CeilingFigures> MeasureCeilingsAsync(string model, double seconds) => ToolRun.ReadAsync<CeilingFigures>(
        ChildProcess.Verb(
            "ceilings", "--store", options.Store, "--model", model, "--pictures", options.Pictures, "--seconds",
            FormattableString.Invariant($"{seconds}")),
        cancellation);
}
