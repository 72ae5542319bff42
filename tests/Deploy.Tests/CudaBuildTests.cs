namespace Deploy.Tests;

/// <summary>The flavour with CUDA, built from nothing in a copy of the tree, with a package cache of its own.</summary>
[Collection(Machine.Whole)]
public sealed class CudaBuildTests : IDisposable
{
    private readonly string _tree = Directory.CreateTempSubdirectory("cuda-build").FullName;

    public void Dispose() => Directory.Delete(_tree, recursive: true);

    [ToolFact(ToolFactAttribute.LinuxX64)]
    public void Build_WithoutTheFeed_IsOneErrorThatNamesTheScript()
    {
        CopySources();

        ToolResult result = Build("1");

        string[] errors = [.. result.Output.Split('\n').Where(line => line.Contains(": error", StringComparison.Ordinal)).Distinct()];
        Assert.Contains("run eng/cuda-feed/pack.sh", Assert.Single(errors), StringComparison.Ordinal);
    }

    [ToolFact(ToolFactAttribute.LinuxX64, ToolFactAttribute.NpmRegistry)]
    public void Build_AfterPacking_HasTheProviderAndTheCpuBuildAfterItHasNot()
    {
        CopySources();
        AssertGood(InTree(360, "eng/cuda-feed/pack.sh"));

        AssertGood(Build("1"));
        Assert.Equal(
            [
                "libonnxruntime.so", "libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so",
                "libonnxruntime_providers_tensorrt.so",
            ],
            Natives());

        AssertGood(Build("0"));
        Assert.Equal(["libonnxruntime.so", "libonnxruntime_providers_shared.so"], Natives());
    }

    private static void AssertGood(ToolResult result) => Assert.True(result.ExitCode == 0, result.Output + result.Error);

    private IEnumerable<string> Natives() =>
        Directory.EnumerateFiles(Path.Combine(_tree, "src/InferenceApi/bin/Release/net10.0"), "libonnxruntime*")
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private ToolResult Build(string cuda) => InTree(
        240, "env", $"CUDA={cuda}", "dotnet", "build", "src/InferenceApi", "-c", "Release", "-nologo",
        "-nodeReuse:false", "-p:UseSharedCompilation=false");

    private ToolResult InTree(int seconds, params string[] command) => Tool.Run(
        "timeout", [$"{seconds}", "env", "-C", _tree, $"NUGET_PACKAGES={Path.Combine(_tree, ".packages")}", .. command]);

    private void CopySources() => Tool.Output(
        "bash",
        [
            "-c",
            "tar -cf - --exclude=bin --exclude=obj --exclude=node_modules eng src global.json .editorconfig Directory.* | tar -xf - -C "
            + "\"$0\"",
            _tree,
        ]);
}
