namespace Benchmarks.Load.Scenarios;

/// <summary>A named part of the benchmark.</summary>
/// <param name="Name">For --only.</param>
/// <param name="Run">Measures and reports.</param>
internal sealed record Scenario(string Name, Func<BenchRun, Task> Run)
{
    private const double SmallModelTarget = 0.93;
    private const double ModelTarget = 0.95;

    /// <summary>In the order they run; the first gives the capacity that the open loops need.</summary>
    public static IEnumerable<Scenario> Chosen(BenchOptions options)
    {
        bool needsCapacity = options.Wants("open") || options.Wants("overload");
        if (options.Wants("saturation") || needsCapacity)
            yield return new Scenario("saturation", run => SaturationScenario.RunAsync(run, options.Model, ModelTarget, withPeers: true));
        if (options.Wants("small", !options.IsQuick))
            yield return new Scenario(
                "small", run => SaturationScenario.RunAsync(run, options.SmallModel, SmallModelTarget, withPeers: options.IsFull));
        if (options.Wants("open")) yield return new Scenario("open", OpenLoopScenario.RunAsync);
        if (options.Wants("overload")) yield return new Scenario("overload", OverloadScenario.RunAsync);
        if (options.Wants("storm")) yield return new Scenario("storm", RetryStormScenario.RunAsync);
        if (options.Wants("memory")) yield return new Scenario("memory", MemoryScenario.RunAsync);
        if (options.Wants("hostile", options.IsFull)) yield return new Scenario("hostile", HostileScenario.RunAsync);
        if (options.Wants("cold")) yield return new Scenario("cold", ColdStartScenario.RunAsync);
        if (options.Wants("prepare", !options.IsQuick)) yield return new Scenario("prepare", PrepareScenario.RunAsync);
        if (options.Wants("engine")) yield return new Scenario("engine", EngineScenario.RunAsync);
        if (options.Wants("models", options.IsFull)) yield return new Scenario("models", AllModelsScenario.RunAsync);
    }
}
