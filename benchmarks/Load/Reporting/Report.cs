using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Benchmarks.Load.Reporting;

/// <summary>Everything found, printed as it comes and written at the end.</summary>
internal sealed class Report(MachineFacts machine, string mode, string pictures, DateTimeOffset date)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly List<Finding> _findings = [];
    private readonly List<string> _failures = [];
    private readonly Dictionary<string, double> _stolen = [];
    private readonly SortedDictionary<string, object> _details = new(StringComparer.Ordinal);

    public bool HasFailures => _failures.Count > 0;

    public void Add(Finding finding)
    {
        _findings.Add(finding);
        Console.WriteLine(
            $"  {finding.Measure}: {finding.Value}{(finding.Beside.Length > 0 ? $" ({finding.Beside})" : "")}{Verdict(finding, " ")}");
    }

    /// <summary>A whole measurement, for the machine-readable report.</summary>
    public void Detail(string name, object measurement) => _details[name] = measurement;

    public void Fail(string scenario, string reason)
    {
        _failures.Add($"{scenario}: {reason}");
        Console.Error.WriteLine($"  FAILED {scenario}: {reason}");
    }

    /// <summary>Part of the machine's processor time that the host gave to others while a scenario ran.</summary>
    public void Stolen(string scenario, double part)
    {
        _stolen[scenario] = part;
        Console.WriteLine(FormattableString.Invariant($"  (stolen by the host: {part:P1} of the processor time)"));
    }

    /// <summary>Writes the two files and gives the Markdown's path.</summary>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string stem = Path.Combine(folder, $"{date:yyyy-MM-dd}-{machine.ProcessorSlug}-{machine.Commit}");
        File.WriteAllText(stem + ".json", JsonSerializer.Serialize(
            new { date, mode, pictures, machine, findings = _findings, failures = _failures, stolen = _stolen, details = _details }, Json)
            + "\n");
        File.WriteAllText(stem + ".md", Markdown());
        return stem + ".md";
    }

    public string Markdown()
    {
        var lines = new List<string>
        {
            $"# Benchmark of {date:yyyy-MM-dd}",
            "",
            $"{machine.Processor}, {machine.Cores} cores, {machine.OperatingSystem}; {machine.Runtime}, SDK {machine.Sdk}; "
                + $"commit {machine.Commit}; mode {mode}.",
            $"Pictures: {pictures}. Load average before: {machine.LoadBefore}. Generator and servers share the cores.",
            $"Processor time stolen by the host: {Steal()}.",
            "",
            "| measured | value | beside it | score | target | verdict |",
            "|---|---:|---|---:|---|---|",
        };
        lines.AddRange(_findings.Select(Row));
        if (_failures.Count > 0)
            lines.AddRange(["", "Could not be measured:", "", .. _failures.Select(failure => $"* {failure.ReplaceLineEndings(" ")}")]);
        return string.Join('\n', lines) + "\n";
    }

    private static string Row(Finding finding)
    {
        string score = finding.Score is { } number ? $"{number:0.###}" : "";
        return $"| {finding.Measure} | {finding.Value} | {finding.Beside} | {score} | {finding.Target} |{Verdict(finding, " ")} |";
    }

    private string Steal() =>
        _stolen.Count == 0 ? "not told by this kernel" : string.Join(", ", _stolen.Select(part => $"{part.Key} {part.Value:P1}"));

    private static string Verdict(Finding finding, string before) =>
        finding.Met switch { true => $"{before}met", false => $"{before}**missed**", null => "" };
}
