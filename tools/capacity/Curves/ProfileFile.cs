using System.Text.Json;
using Capacity.Simulation;

namespace Capacity.Curves;

/// <summary>
/// A profile as JSON: <c>name, source, assumption, device (cpu or gpu), cores, prepareMilliseconds, pricePerHour, batchLatency</c>.
/// </summary>
internal static class ProfileFile
{
    /// <exception cref="InvalidDataException">Not such a file; the message says what is wrong.</exception>
    public static ReplicaProfile Read(string path)
    {
        try
        {
            using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(file.RootElement);
        }
        catch (Exception failure)
            when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// The member <c>batchLatency</c> of this file and of GET /v1/models/{model}: [{"batch": 1, "milliseconds": 22.7}, …].
    /// </summary>
    public static BatchCurve ParseCurve(JsonElement points)
    {
        var curve = new Dictionary<int, double>();
        foreach (JsonElement point in points.EnumerateArray())
        {
            int batch = point.GetProperty("batch").GetInt32();
            if (batch is < 1 or > 4096) throw new ArgumentException($"batch {batch} is not 1 to 4096.");
            if (!curve.TryAdd(batch, Positive(point.GetProperty("milliseconds"))))
                throw new ArgumentException($"batch {batch} is there twice.");
        }

        return new BatchCurve(curve);
    }

    private static ReplicaProfile Parse(JsonElement file)
    {
        string device = file.GetProperty("device").GetString() ?? "";
        if (device is not ("cpu" or "gpu")) throw new ArgumentException($"device is '{device}', not cpu or gpu.");
        int cores = file.GetProperty("cores").GetInt32();
        if (cores < 1) throw new ArgumentException("cores must be at least 1.");
        double prepare = file.GetProperty("prepareMilliseconds").GetDouble();
        if (prepare < 0) throw new ArgumentException("prepareMilliseconds is negative.");
        return new ReplicaProfile(
            file.GetProperty("name").GetString() ?? "",
            file.GetProperty("source").GetString() ?? "",
            file.GetProperty("assumption").GetBoolean(),
            new Replica(ParseCurve(file.GetProperty("batchLatency")), prepare, cores, device == "cpu"),
            file.GetProperty("pricePerHour").GetDouble());
    }

    private static double Positive(JsonElement element) =>
        element.GetDouble() is > 0 and var value
            && double.IsFinite(value) ? value : throw new ArgumentException("milliseconds must be above 0.");
}
