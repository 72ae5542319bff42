using System.Text.Json;
using Capacity.Simulation;

namespace Capacity.Curves;

/// <summary>Takes the curves out of a report of <c>./bench.sh</c>: the raw runs and the prepare time of its saturation scenarios.</summary>
internal static class BenchmarkReport
{
    private const string Prefix = "saturation ";

    /// <summary>The newest of a folder; null where there is none.</summary>
    public static string? Newest(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).LastOrDefault() : null;

    /// <param name="path">A report as JSON.</param>
    /// <param name="pricePerCoreHour">Reports know no prices.</param>
    /// <returns>One profile a model; none where the report's run had no such scenario.</returns>
    /// <exception cref="InvalidDataException">Not such a file.</exception>
    public static IReadOnlyList<ReplicaProfile> Read(string path, double pricePerCoreHour)
    {
        try
        {
            using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement machine = report.RootElement.GetProperty("machine");
            string? processor = machine.GetProperty("processor").GetString(), commit = machine.GetProperty("commit").GetString();
            string where = $"{processor}, commit {commit}, {Path.GetFileName(path)}";
            return
            [
                .. report.RootElement.GetProperty("details").EnumerateObject()
                    .Where(detail => detail.Name.StartsWith(Prefix, StringComparison.Ordinal) && detail.Value.GetArrayLength() > 0)
                    .Select(detail => Profile(detail.Name[Prefix.Length..], where, detail.Value, pricePerCoreHour)),
            ];
        }
        catch (Exception failure)
            when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {failure.Message}", failure);
        }
    }

    private static ReplicaProfile Profile(string model, string where, JsonElement rounds, double pricePerCoreHour)
    {
        // Rounds differ by what else the machine did; of each figure the middle one counts.
        JsonElement[] ceilings = [.. rounds.EnumerateArray().Select(round => round.GetProperty("ceilings"))];
        int cores = ceilings[0].GetProperty("cores").GetInt32();
        double prepare = LatencySummary.Median(ceilings.Select(each => each.GetProperty("prepareMs").GetDouble()));
        // The service may run one image on all cores and many on a core each.
        BatchCurve curve = BestArrangement.Envelope(Times(alone => alone), Times(alone => !alone), cores);
        return new ReplicaProfile(
            $"{model}, {cores} cores", where, false, new Replica(curve, prepare, cores, SharesCores: true), cores * pricePerCoreHour);

        Dictionary<int, double> Times(Func<bool, bool> chosen) => ceilings
            .SelectMany(each => each.GetProperty("raw").EnumerateArray())
            .Where(run => chosen(run.GetProperty("concurrency").GetInt32() == 1))
            .GroupBy(run => run.GetProperty("batch").GetInt32(), run => run.GetProperty("medianMs").GetDouble())
            .ToDictionary(runs => runs.Key, LatencySummary.Median);
    }
}
