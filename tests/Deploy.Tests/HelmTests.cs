using System.Text.RegularExpressions;
using TestKit;

namespace Deploy.Tests;

/// <summary>What people do with the chart, done with the programs they have: helm 3.17 and 4.1, kubectl, trivy.</summary>
public sealed partial class HelmTests
{
    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Template_EveryProfile_IsItsGoldenWithBothHelms()
    {
        Assert.Equal(["everything", "minimal", "pools"], Chart.Profiles);
        foreach (string profile in Chart.Profiles)
        {
            // After a wanted change: UPDATE_GOLDENS=1 dotnet test tests/Deploy.Tests --filter Golden, and read the difference.
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
                File.WriteAllText(Chart.GoldenPath(profile), Chart.RenderText(Helm.Four, profile));
            string golden = File.ReadAllText(Chart.GoldenPath(profile));
            foreach (Helm helm in Helm.Both) Assert.Equal(golden, Chart.RenderText(helm, profile));
        }
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Lint_Strict_FindsNothing()
    {
        foreach (Helm helm in Helm.Both)
        {
            AssertGood(helm.Run(["lint", "--strict", Chart.Folder]));
            foreach (string values in Chart.Profiles.Select(Chart.ProfilePath).Concat(Chart.Examples))
                AssertGood(helm.Run(["lint", "--strict", Chart.Folder, "--values", values]));
        }
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Subchart_OfAnUmbrella_RendersWithTheParentsGlobals()
    {
        foreach (Helm helm in Helm.Both)
        {
            using TemporaryFolder folder = new();
            File.WriteAllText(
                folder.File("Chart.yaml"),
                "apiVersion: v2\nname: umbrella\nversion: 1.0.0\n" +
                "dependencies: [{name: inference-service, version: 0.x.x, repository: \"\"}]\n");
            File.WriteAllText(folder.File("values.yaml"), "global: {region: eu}\ninference-service: {models: {synthetic: true}}\n");
            Directory.CreateDirectory(folder.File("charts"));
            File.CreateSymbolicLink(folder.File("charts/inference-service"), Chart.Folder);

            ToolResult result = helm.Run(Chart.Template(folder.Path));

            AssertGood(result);
            Assert.Contains("kind: Deployment", result.Output, StringComparison.Ordinal);
        }
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Install_EveryExample_NamesTheJobTheDeploymentsAndTheLicence()
    {
        foreach (string example in Chart.Examples)
        {
            ToolResult result = Helm.Four.Run(["install", "release", Chart.Folder, "--dry-run=client", "--values", example]);

            AssertGood(result);
            string notes = result.Output[result.Output.IndexOf("NOTES:", StringComparison.Ordinal)..];
            string manifests = result.Output[..result.Output.IndexOf("NOTES:", StringComparison.Ordinal)];
            bool synthetic = notes.Contains("synthetic", StringComparison.Ordinal);
            Assert.Contains(synthetic ? "mean nothing" : "CC-BY-NC-4.0", notes, StringComparison.Ordinal);
            Assert.All(
                NamedObject().Matches(notes).Select(match => match.Groups[2].Value),
                name => Assert.Contains($"name: {name}\n", manifests, StringComparison.Ordinal));
        }
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Package_AndTemplateOfTheArchive_RenderTheSame()
    {
        foreach (Helm helm in Helm.Both)
        {
            using TemporaryFolder folder = new();
            AssertGood(helm.Run(["package", Chart.Folder, "--destination", folder.Path]));
            string archive = Assert.Single(Directory.GetFiles(folder.Path, "*.tgz"));

            ToolResult packed = helm.Run([.. Chart.Template(archive), "--values", Chart.ProfilePath("everything")]);

            Assert.Equal(Chart.RenderText(helm, "everything"), packed.Output);
        }
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Kubectl_EveryGolden_IsReadAsKnownObjects()
    {
        foreach (string profile in Chart.Profiles)
        {
            foreach (Helm helm in Helm.Both)
            {
                // --local decodes every object and asks no server.
                ToolResult result = helm.RunKubectl(["label", "--local", "-f", Chart.GoldenPath(profile), "checked=yes", "-o", "name"]);

                AssertGood(result);
                Assert.Equal(CountOfObjects(profile), result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            }
        }
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Trivy_DockerfileAndEveryGolden_HaveNothingHighOrCritical()
    {
        using TemporaryFolder folder = new();
        File.Copy(Tool.PathOf("deploy", "docker", "Dockerfile"), folder.File("Dockerfile"));
        foreach (string profile in Chart.Profiles) File.Copy(Chart.GoldenPath(profile), folder.File($"{profile}.yaml"));

        AssertGood(Scan(folder.Path));

        // It does scan: what must not be is found.
        File.WriteAllText(folder.File("bad.yaml"),
            File.ReadAllText(Chart.GoldenPath("minimal")).Replace("readOnlyRootFilesystem: true", "privileged: true"));
        Assert.Equal(1, Scan(folder.Path).ExitCode);
    }

    private static ToolResult Scan(string folder) => Tool.Run(
        Helm.Trivy,
        [
            "config", "--quiet", "--skip-policy-update", "--severity", "HIGH,CRITICAL", "--exit-code", "1",
            "--cache-dir", Path.Combine(folder, "cache"), folder,
        ]);

    [GeneratedRegex("(job|deployment|service)/([a-z0-9-]+)")]
    private static partial Regex NamedObject();

    private static int CountOfObjects(string profile) => Validation.ReadYaml([File.ReadAllText(Chart.GoldenPath(profile))])[0].Count;

    private static void AssertGood(ToolResult result) => Assert.True(result.ExitCode == 0, result.Output + result.Error);
}
