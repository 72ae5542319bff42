using System.Text.RegularExpressions;
using TestKit;

namespace InferenceApi.Tests.Docs;

/// <summary>A setting that is misspelt stops the start, so the names in documents and deployments must be those of the code.</summary>
public sealed class OptionsDocumentationTests
{
    public static TheoryData<string> PageNames => [.. Pages.All];

    public static TheoryData<string> DeploymentFiles =>
    [
        "run.sh", "bench.sh", "deploy/docker/Dockerfile", "deploy/docker/compose.yaml", "deploy/docker/verify.sh",
        "deploy/kserve/inferenceservice.yaml",
        .. Directory.GetFiles(Pages.PathOf("deploy/helm/inference-service/templates"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Fixtures.RepositoryRoot, file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Page_EverySettingNamed_Exists(string page) => Assert.Empty(UnknownSettings(Pages.Read(page), ":"));

    [Theory]
    [MemberData(nameof(DeploymentFiles))]
    public void Deployment_EverySettingNamed_Exists(string file) => Assert.Empty(UnknownSettings(Pages.Read(file), "__"));

    [Fact]
    public void UnknownSettings_MisspeltOne_IsFound()
    {
        Assert.Equal(["Serving:StorePollSeconds"], UnknownSettings("Serving__StorePollSeconds: 5, Serving__Preload__0: a", "__"));
        Assert.Equal(["Runtime:Session"], UnknownSettings("`Runtime:Session` or `Runtime:Sessions`", ":"));
    }

    private static IEnumerable<string> UnknownSettings(string text, string separator)
    {
        HashSet<string> known = [.. DocumentedSetting.All.Select(setting => setting.Name)];
        string section = $"(?:{string.Join('|', DocumentedSetting.Sections)})";
        return Regex.Matches(text, $@"\b{section}(?:{separator}[A-Z][A-Za-z0-9]*)+")
            .Select(match => match.Value.Replace(separator, ":", StringComparison.Ordinal))
            .Where(name => !known.Any(setting => setting == name || setting.StartsWith(name + ":", StringComparison.Ordinal)))
            .Distinct();
    }
}
