using System.Globalization;
using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;

namespace Benchmarks.Gpu;

/// <summary>One part of the measurement; benchmarks/Gpu/measure.sh gives the arguments.</summary>
/// <param name="Part">raw, fed, random, parity, memory or service.</param>
/// <param name="Store">Where the models are.</param>
/// <param name="Models">Their names.</param>
/// <param name="Pictures">Folder of JPEGs, for parity and service.</param>
/// <param name="Time">Of each stretch.</param>
/// <param name="Runtime">The service's own options.</param>
/// <param name="Settings">The same as arguments of the service.</param>
/// <param name="Port">Where the service listens.</param>
internal sealed record MeasureOptions(
    string Part,
    StoreFolder Store,
    IReadOnlyList<string> Models,
    string Pictures,
    TimeSpan Time,
    RuntimeOptions Runtime,
    IReadOnlyList<string> Settings,
    int Port)
{
    public const string Usage =
        "benchmarks gpu raw|fed|random|parity|memory|service --store DIR --models A,B "
        + "[--pictures DIR] [--seconds S] [--port N] [--Runtime:NAME VALUE]...";

    private static readonly string[] Parts = ["raw", "fed", "random", "parity", "memory", "service"];

    /// <exception cref="ArgumentException">An argument is missing or unknown.</exception>
    public static MeasureOptions Parse(string[] arguments)
    {
        if (arguments is not [var part, .. var rest] || !Parts.Contains(part) || rest.Length % 2 != 0)
            throw new ArgumentException($"usage: {Usage}");
        Dictionary<string, string> given = rest.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        string Take(string key, string? otherwise = null) =>
            given.Remove(key, out string? value) ? value : otherwise ?? throw new ArgumentException($"{key} is missing.");

        var options = new MeasureOptions(
            part,
            new StoreFolder(Take("--store")),
            Take("--models").Split(','),
            Take("--pictures", ""),
            TimeSpan.FromSeconds(double.Parse(Take("--seconds", "2"), CultureInfo.InvariantCulture)),
            new RuntimeOptions(),
            [],
            int.Parse(Take("--port", "18090"), CultureInfo.InvariantCulture));
        if (given.Keys.FirstOrDefault(key => !key.StartsWith("--Runtime:", StringComparison.Ordinal)) is { } unknown)
            throw new ArgumentException($"Unknown: {unknown}");
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(given.Select(pair => KeyValuePair.Create(pair.Key[2..], (string?)pair.Value))).Build();
        RuntimeOptions runtime = configuration.GetSection(RuntimeOptions.Section).Get<RuntimeOptions>() ?? new();
        return options with { Runtime = runtime, Settings = [.. given.Select(pair => $"{pair.Key}={pair.Value}")] };
    }

    /// <summary>The options with the provider chosen as the service chooses it; a fallback is told on standard output.</summary>
    public RuntimePlan Choose(Func<RuntimeOptions, RuntimeOptions>? change = null)
    {
        using ILoggerFactory console = LoggerFactory.Create(builder => builder.AddSimpleConsole(format => format.SingleLine = true));
        RuntimeOptions asked = change is null ? Runtime : change(Runtime);
        return ProviderSelection.Choose(asked, Part == "raw" ? console.CreateLogger("provider") : NullLogger.Instance);
    }

    public InstalledModel Model(string name) => Store.Latest(name) ?? throw new ArgumentException($"{name} is not in {Store.Root}.");

    public IReadOnlyList<IModelInstance> Open(string model, RuntimePlan runtime) =>
        NetworkOpener.Open(Model(model), runtime, NullLogger.Instance).All;

    public byte[][] ReadPictures()
    {
        byte[][] pictures = Directory.Exists(Pictures)
            ? [.. Directory.GetFiles(Pictures).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)] : [];
        return pictures.Length > 0 ? pictures : throw new ArgumentException($"--pictures: '{Pictures}' has no JPEGs.");
    }
}
