using System.Text.Json.Nodes;
using TestKit;

namespace Deploy.Tests;

[Collection(Machine.Whole)]
public sealed class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Tool.PathOf("deploy", "docker", "Dockerfile"));

    [Fact]
    public void Dockerfile_LastStage_IsTheCpuImageAndNeedsNoShell()
    {
        int start = Array.FindLastIndex(Lines, line => line.StartsWith("FROM ", StringComparison.Ordinal));

        Assert.EndsWith(" AS cpu", Lines[start], StringComparison.Ordinal);
        // The chiseled base has no shell, so a RUN or a shell-form command would only fail at a user's.
        Assert.DoesNotContain(Lines[start..], line => line.StartsWith("RUN ", StringComparison.Ordinal));
        Assert.Contains("USER 1654", Lines[start..]);
        Assert.Contains("""ENTRYPOINT ["dotnet", "/app/InferenceApi.dll"]""", Lines[start..]);
    }

    [Fact]
    public void Dockerfile_EveryBase_CanBeReplaced() =>
        Assert.All(Lines.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)), line =>
            Assert.True(
                line.Contains(" ${BASE_", StringComparison.Ordinal) || line.StartsWith("FROM projects", StringComparison.Ordinal)
                || line.StartsWith("FROM restore", StringComparison.Ordinal), line));

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Compose_EveryMountedFile_ExistsAndTheServiceIsLockedDown()
    {
        JsonObject compose = Chart.ReadYaml(Tool.PathOf("deploy", "docker", "compose.yaml"))[0];
        JsonObject services = compose["services"]!.AsObject();
        string[] files =
        [
            .. services.SelectMany(service => service.Value!["volumes"]?.AsArray().Select(volume => ((string)volume!).Split(':')[0]) ?? [])
                .Where(source => source.StartsWith('.')),
        ];

        Assert.True(files.Length >= 5);
        Assert.All(files, file => Assert.True(Path.Exists(Tool.PathOf("deploy", "docker", file)), file));
        Assert.True((bool)services["inference"]!["read_only"]!);
        Assert.Equal("ALL", (string?)services["inference"]!["cap_drop"]![0]);
    }

    [ToolFact("buildah", "jq", "curl", "dpkg", "unshare")]
    public void Image_BuiltAndRun_ClassifiesAsUid1654OnAReadOnlyRoot()
    {
        string[] photo = Fixtures.Image("dog.jpg") is { } path ? ["--photo", path] : [];
        ToolResult result = Tool.Run(Tool.PathOf("deploy", "docker", "verify.sh"), photo);

        Assert.True(result.ExitCode is 0 or Tool.Skipped, result.Output + result.Error);
        Console.WriteLine(result.Output);
    }
}
