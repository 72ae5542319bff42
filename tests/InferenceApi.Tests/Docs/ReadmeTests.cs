using System.Globalization;
using System.Text.RegularExpressions;
using InferenceApi.Endpoints.Problems;
using ModelStore;

namespace InferenceApi.Tests.Docs;

/// <summary>What the pages point at exists, and what they state in tables is what the code says.</summary>
public sealed partial class ReadmeTests
{
    // Made by running something.
    private static readonly string[] Generated = ["benchmarks/results"];

    public static TheoryData<string> PageNames => [.. Pages.All];

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Page_EveryLink_LeadsSomewhere(string page)
    {
        string folder = Path.GetDirectoryName(Pages.PathOf(page))!;
        foreach (string link in Links().Matches(Pages.Read(page)).Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            string[] parts = link.Split('#', 2);
            string target = parts[0].Length == 0 ? Pages.PathOf(page) : Path.GetFullPath(Path.Combine(folder, parts[0]));
            Assert.True(Path.Exists(target), $"{page}: {link}");
            if (parts.Length == 2)
                Assert.Contains(parts[1], Headings().Matches(File.ReadAllText(target)).Select(heading => Anchor(heading.Groups[1].Value)));
        }
    }

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Page_EveryPathOfTheRepository_Exists(string page)
    {
        var missing = Paths().Matches(Pages.Read(page))
            .Select(match => match.Value.TrimEnd('.', '/'))
            .Where(path => !Generated.Contains(path))
            .Where(path => !((string[])[path, $"src/InferenceApi/{path}", $"src/InferenceApi/{path}.cs",
                $"tests/InferenceApi.Tests/{path}.cs"]).Any(each => Path.Exists(Pages.PathOf(each))));
        Assert.Empty(missing);
    }

    [Fact]
    public void ApiPage_TableOfProblems_IsTheCodes() =>
        Assert.Equal(
            ProblemKind.All.Select(kind => (kind.Type, kind.Status.ToString(CultureInfo.InvariantCulture))),
            ProblemRows().Matches(Pages.Read("docs/api.md")).Select(row => (row.Groups[1].Value, row.Groups[2].Value)));

    [Fact]
    public void Readme_TableOfModels_IsTheCatalogs()
    {
        var stated = ModelRows().Matches(Pages.Read("README.md"))
            .SelectMany(row => (KeyValuePair<string, string>[])[new(row.Groups[1].Value + "_ssl", row.Groups[2].Value),
                new(row.Groups[1].Value + "_swsl", row.Groups[3].Value)]);
        Assert.Equal(
            ModelCatalog.Entries.Select(entry => $"{entry.Name} {entry.Top1Measured:0.0}").Order(StringComparer.Ordinal),
            stated.Select(pair => $"{pair.Key} {pair.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("docs/deployment.md")]
    [InlineData("docs/tuning.md")]
    [InlineData("docs/runbooks.md")]
    public void Page_EveryMetric_IsOneOfTheTelemetryPages(string page)
    {
        string telemetry = Pages.Read("docs/telemetry.md");
        string[] named = [.. Metrics().Matches(Pages.Read(page)).Select(match => match.Groups[1].Value).Distinct()];
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains($"`{name}`", telemetry, StringComparison.Ordinal));
    }

    /// <summary>As GitHub makes them: lower case, no punctuation, dashes for spaces.</summary>
    private static string Anchor(string heading) =>
        NoAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    // Top folders of the repository, folders of the service, and scripts at the root.
    [GeneratedRegex(@"(?<![\w./~:*-])(?:(?:src|tests|tools|docs|deploy|eng|benchmarks|requests|"
        + @"Endpoints|Classification|Imaging|Serving|Batching|Runtime|Telemetry)/[\w./-]+|(?<=\./)\w+\.sh)")]
    private static partial Regex Paths();

    [GeneratedRegex(@"^\| `(/errors/[\w-]+)` \| (\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex ProblemRows();

    [GeneratedRegex(@"^\| `(resne\w+)_…` \| ([\d.]+)[^|]*\| ([\d.]+)[^|]*\|", RegexOptions.Multiline)]
    private static partial Regex ModelRows();

    [GeneratedRegex(@"\b((?:inference|dotnet|nv_inference|kestrel|http_server)_[a-z_]*?[a-z])(?:_bucket|_sum|_count)?\b")]
    private static partial Regex Metrics();
}
