using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;

namespace Benchmarks.Engine;

/// <summary>An ImageNet network from a file that need not be in a store, opened the way the server opens it.</summary>
internal sealed class ModelFile : IDisposable
{
    private readonly InstalledModel _installed;

    public ModelFile(string path)
    {
        path = Path.GetFullPath(path);
        _installed = new InstalledModel(
            new ModelManifest
            {
                Name = Path.GetFileNameWithoutExtension(path),
                Version = 1,
                Architecture = "unknown",
                Origin = ModelOrigin.Custom,
                Licence = "unknown",
                Classes = 1000,
                Parameters = 1,
                Exporter = "benchmark",
                Source = new WeightsSource(),
                Model = FileDigest.Of(path, Path.GetFileName(path)),
                Labels = new FileDigest("labels.csv", 1, new string('0', 64)),
                Preprocessing = PreprocessingRecipe.ImageNet,
            },
            Path.GetDirectoryName(path)!);
    }

    /// <summary>A folder of this process's own, so that opening often is quick and the first opening is cold.</summary>
    public string GraphCache { get; } = Directory.CreateTempSubdirectory("graphs-").FullName;

    public void Dispose() => Directory.Delete(GraphCache, recursive: true);

    public IReadOnlyList<IModelInstance> Open(RuntimeOptions options) =>
        NetworkOpener.Open(_installed, options.For(ExecutionProvider.Cpu), NullLogger.Instance).All;
}
