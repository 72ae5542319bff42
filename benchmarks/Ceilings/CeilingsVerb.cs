using System.Text.Json;
using ModelStore;

namespace Benchmarks.Ceilings;

/// <summary>What the parts do without a server around them.</summary>
internal static class CeilingsVerb
{
    /// <summary>Measures and prints one JSON document.</summary>
    public static void Run(CeilingOptions options)
    {
        InstalledModel model = new StoreFolder(options.Store).Latest(options.Model)
            ?? throw new ArgumentException($"{options.Model} is not in {options.Store}.");
        byte[][] pictures = [.. Directory.GetFiles(options.Pictures).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        if (pictures.Length == 0) throw new ArgumentException($"{options.Pictures} has no pictures.");

        PrepareCeiling prepare = PrepareCeiling.Measure(pictures, model.Manifest.Preprocessing, options.Time);
        IReadOnlyList<RawRun> raw = RawCeiling.Measure(model, options.Time);
        Console.WriteLine(JsonSerializer.Serialize(
            new CeilingFigures(Environment.ProcessorCount, prepare.DecodeMs, prepare.PrepareMs, prepare.PrepareMedianMs, raw),
            JsonSerializerOptions.Web));
    }
}
