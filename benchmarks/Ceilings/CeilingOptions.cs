using System.Globalization;

namespace Benchmarks.Ceilings;

/// <summary>What to measure.</summary>
/// <param name="Store">The model store.</param>
/// <param name="Model">A model in it.</param>
/// <param name="Pictures">A folder of image files and nothing else.</param>
/// <param name="Time">For each single measurement.</param>
internal sealed record CeilingOptions(string Store, string Model, string Pictures, TimeSpan Time)
{
    public const string Usage =
        "benchmarks ceilings --store DIR --model NAME --pictures DIR [--seconds S]   one JSON document on standard output";

    /// <exception cref="ArgumentException">An argument is missing, unknown, or no number.</exception>
    public static CeilingOptions Parse(string[] arguments)
    {
        if (arguments.Length % 2 != 0) throw new ArgumentException($"{arguments[^1]} needs a value.");
        Dictionary<string, string> given = arguments.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        var options = new CeilingOptions(Take("--store"), Take("--model"), Take("--pictures"), Seconds());
        return given.Count == 0 ? options : throw new ArgumentException($"Unknown: {string.Join(' ', given.Keys)}");

        string Take(string key) => given.Remove(key, out string? value) ? value : throw new ArgumentException($"{key} is missing.");

        TimeSpan Seconds()
        {
            if (!given.Remove("--seconds", out string? text)) return TimeSpan.FromSeconds(1);
            return double.TryParse(text, CultureInfo.InvariantCulture, out double seconds) && seconds > 0
                ? TimeSpan.FromSeconds(seconds)
                : throw new ArgumentException($"--seconds: {text} is no time.");
        }
    }
}
