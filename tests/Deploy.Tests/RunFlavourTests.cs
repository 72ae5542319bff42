namespace Deploy.Tests;

/// <summary>Which flavour run.sh asks of eng/setup.sh, on a machine whose driver is a file named nvidia-smi.</summary>
public sealed class RunFlavourTests : IDisposable
{
    private readonly string _tree = Directory.CreateTempSubdirectory("run-flavour").FullName;

    public void Dispose() => Directory.Delete(_tree, recursive: true);

    [ToolFact(ToolFactAttribute.LinuxX64)]
    public void Run_WithADriver_TakesTheGpuAndSaysSo() => Runs("", packed: 0, "CUDA=1", "this build uses the GPU (CUDA=0");

    [ToolFact(ToolFactAttribute.LinuxX64)]
    public void Run_WithADriverButNoPackage_TakesTheCpuAndSaysSo() => Runs("", packed: 1, "CUDA=0", "this build uses the CPU");

    [ToolFact(ToolFactAttribute.LinuxX64)]
    public void Run_WithADriverAndCudaDeclined_TakesTheCpu() => Runs("CUDA=0", packed: 0, "CUDA=0", said: null);

    private void Runs(string setting, int packed, string flavour, string? said)
    {
        Script("nvidia-smi", "");
        Script("eng/cuda-feed/pack.sh", $"exit {packed}");
        Script("eng/setup.sh", "echo setup CUDA=$CUDA; exit 9");
        File.Copy(Tool.PathOf("run.sh"), Path.Combine(_tree, "run.sh"));

        string[] environment = setting.Length == 0 ? ["-u", "CUDA"] : [setting];
        string path = $"PATH={_tree}:{Environment.GetEnvironmentVariable("PATH")}";
        ToolResult result = Tool.Run("env", [.. environment, path, Path.Combine(_tree, "run.sh")]);

        Assert.Equal(9, result.ExitCode);
        Assert.Contains($"setup {flavour}", result.Output, StringComparison.Ordinal);
        Assert.Equal(said is null ? 1 : 2, result.Output.Trim().Split('\n').Length);
        if (said is not null) Assert.Contains(said, result.Output, StringComparison.Ordinal);
    }

    private void Script(string path, string body)
    {
        string file = Path.Combine(_tree, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        Tool.Output("chmod", ["+x", file]);
    }
}
