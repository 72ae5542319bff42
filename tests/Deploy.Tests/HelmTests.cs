using TestKit;

namespace Deploy.Tests;

/// <summary>What people do with the chart, done with the programs they have: helm 3.17 and 4.1, kubectl, trivy.</summary>
public sealed class HelmTests
{
    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Template_EveryProfile_IsItsGoldenWithBothHelms()
    {
        Assert.Equal(["cpu", "everything", "gpu", "minimal"], Chart.Profiles);
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
            foreach (string profile in Chart.Profiles)
                AssertGood(helm.Run(["lint", "--strict", Chart.Folder, "--values", Chart.ProfilePath(profile)]));
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

    private static int CountOfObjects(string profile) => Validation.ReadYaml([File.ReadAllText(Chart.GoldenPath(profile))])[0].Count;

    private static void AssertGood(ToolResult result) => Assert.True(result.ExitCode == 0, result.Output + result.Error);
}
