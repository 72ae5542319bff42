using System.Text.RegularExpressions;

namespace Deploy.Tests.Repository;

public sealed partial class SolutionTests
{
    private static readonly string[] Folders = ["src", "tools", "tests", "benchmarks"];

    [Fact]
    public void Solution_HasEveryProjectOnceAndNoOther()
    {
        string solution = File.ReadAllText(Tool.PathOf("InferenceService.sln"));
        string[] listed = [.. ProjectPath().Matches(solution).Select(match => match.Groups[1].Value.Replace('\\', '/'))];

        Assert.Equal(Folders.SelectMany(folder => SourceTree.Files(folder, "*.csproj")).Order(StringComparer.Ordinal),
            listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Solution_EveryProject_IsBuiltInDebugAndRelease()
    {
        string solution = File.ReadAllText(Tool.PathOf("InferenceService.sln"));
        string[] identifiers = [.. ProjectIdentifier().Matches(solution).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(identifiers);
        Assert.All(identifiers, identifier =>
        {
            Assert.Contains($"{identifier}.Debug|Any CPU.Build.0 = Debug|Any CPU", solution, StringComparison.Ordinal);
            Assert.Contains($"{identifier}.Release|Any CPU.Build.0 = Release|Any CPU", solution, StringComparison.Ordinal);
        });
    }

    [GeneratedRegex(@"""([^""]+\.csproj)""")]
    private static partial Regex ProjectPath();

    [GeneratedRegex(@"\.csproj"", ""(\{[0-9A-F-]+\})""")]
    private static partial Regex ProjectIdentifier();
}
