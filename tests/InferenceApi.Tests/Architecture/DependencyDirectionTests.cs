using System.Text.RegularExpressions;
using TestKit;

namespace InferenceApi.Tests.Architecture;

/// <summary>The layout of docs/architecture.md, enforced by reading the using lines.</summary>
public sealed partial class DependencyDirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Hosting"] = ["Endpoints", "Classification", "Serving", "Batching", "Runtime", "Imaging", "Telemetry"],
        ["Endpoints"] = ["Classification", "Serving", "Batching", "Imaging", "Telemetry"],
        ["Classification"] = ["Serving", "Batching", "Imaging", "Telemetry"],
        ["Serving"] = ["Batching", "Runtime", "Telemetry"],
        ["Batching"] = ["Runtime", "Telemetry"],
        ["Runtime"] = ["Telemetry"],
        ["Telemetry"] = [],
    };

    private static readonly string Source = Path.Combine(Fixtures.RepositoryRoot, "src", "InferenceApi");

    public static TheoryData<string> Folders => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_UsesOnlyWhatLiesBelowIt(string folder)
    {
        string[] files = Directory.GetFiles(Path.Combine(Source, folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        var violations =
            from file in files
            from Match match in OwnNamespace().Matches(File.ReadAllText(file))
            let used = match.Groups[1].Value
            where used != folder && !Allowed[folder].Contains(used)
            select $"{Path.GetFileName(file)} uses {used}";
        Assert.Empty(violations.Distinct());
    }

    [Fact]
    public void EveryFolder_HasAPlaceInTheOrder()
    {
        string[] notCode = ["bin", "obj", "wwwroot", "Properties"];
        string[] folders = [.. Directory.GetDirectories(Source).Select(path => Path.GetFileName(path)!).Except(notCode).Order()];
        Assert.Equal(Allowed.Keys.Order(), folders);
    }

    [Theory]
    [InlineData("Microsoft.ML.OnnxRuntime", "Runtime")]
    [InlineData("Microsoft.AspNetCore.Http", "Endpoints")]
    public void OutsideLibraries_StayInTheirFolder(string library, string home)
    {
        var users = Directory.GetFiles(Source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains($"using {library}", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar)[0])
            .Distinct();
        Assert.All(users, user => Assert.Equal(home, user));
    }

    [Theory]
    [InlineData("ModelStore")]
    [InlineData("Imaging")]
    public void Library_KnowsNeitherAspNetNorOnnxRuntimeNorTheService(string library)
    {
        string[] files = Directory.GetFiles(Path.Combine(Fixtures.RepositoryRoot, "src", library), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string file in files) Assert.DoesNotMatch("Microsoft\\.(AspNetCore|ML)|using InferenceApi", File.ReadAllText(file));
    }

    [Fact]
    public void NoFile_IsLongerThanTheCap()
    {
        const int Cap = 300;
        string[] roots = ["src", "tools", "tests", "benchmarks"];
        var tooLong =
            from root in roots
            from file in Directory.GetFiles(Path.Combine(Fixtures.RepositoryRoot, root), "*.cs", SearchOption.AllDirectories)
            where !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadLines(file).Count() > Cap
            select file;
        Assert.Empty(tooLong);
    }

    [GeneratedRegex(
        @"(?:\bInferenceApi\.|\busing )(Hosting|Endpoints|Classification|Serving|Batching|Runtime|Imaging|Telemetry)\b(?=[;.])")]
    private static partial Regex OwnNamespace();
}
