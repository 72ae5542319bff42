using InferenceApi.Serving;
using ModelStore;

namespace InferenceApi.Endpoints.Models;

/// <summary>Answer of GET /v1/models/{model}.</summary>
/// <param name="Name">The name in URLs.</param>
/// <param name="Ready">A request would be answered without loading first.</param>
/// <param name="State">notInstalled, unloaded, loading, warmingUp, ready, draining or failed.</param>
/// <param name="Version">Version in service, else the newest installed.</param>
/// <param name="Weights">official, custom or synthetic; synthetic answers mean nothing.</param>
/// <param name="Architecture">For example resnext101_32x8d.</param>
/// <param name="Classes">Length of a row of logits.</param>
/// <param name="Parameters">Learnable parameters.</param>
/// <param name="Precision">fp32, fp16 or int8, inside the graph.</param>
/// <param name="Agreement">Of fp16 and int8: how it answered beside the same network in fp32 when it was exported.</param>
/// <param name="Licence">Of the weights.</param>
/// <param name="Provenance">Where the weights came from, and the digests of what is served.</param>
/// <param name="Accuracy">Of the published weights.</param>
/// <param name="Preprocessing">The contract from file to tensor.</param>
/// <param name="BatchLatency">Measured time of a run by batch size; absent while not loaded.</param>
/// <param name="MemoryBytes">What the loaded model is estimated to take; absent while not loaded.</param>
/// <param name="Provider">What computes it: cpu, cuda or tensorRt; absent while not loaded.</param>
/// <param name="Error">Why the last attempt to load failed.</param>
internal sealed record ModelDetail(
    string Name,
    bool Ready,
    string State,
    string? Version,
    ModelOrigin? Weights,
    string? Architecture,
    int? Classes,
    long? Parameters,
    string? Precision,
    PrecisionAgreement? Agreement,
    string? Licence,
    Provenance? Provenance,
    Accuracy? Accuracy,
    Preprocessing? Preprocessing,
    BatchPoint[]? BatchLatency,
    long? MemoryBytes,
    string? Provider,
    string? Error)
{
    /// <summary>Under backlog, where images then run one on each core; absent while not loaded, and where all runs are alike.</summary>
    public ParallelRuns? Parallel { get; init; }

    public static ModelDetail Of(ModelStatus status)
    {
        ModelManifest? manifest = status.Manifest;
        bool official = manifest?.Origin == ModelOrigin.Official;
        BatchPoint[] curve =
            [.. status.Curve.Select(point => new BatchPoint(point.BatchSize, Math.Round(point.RunTime.TotalMilliseconds, 3)))];
        return new ModelDetail(
            status.Name,
            status.State == ModelState.Ready,
            ModelSummary.StateOf(status.State),
            manifest?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            manifest?.Origin,
            manifest?.Architecture,
            manifest?.Classes,
            manifest?.Parameters,
            manifest?.Precision,
            manifest?.Agreement,
            manifest?.Licence,
            manifest is null ? null : Provenance.Of(manifest),
            official && ModelCatalog.Find(status.Name) is { } entry ? Accuracy.Of(entry) : null,
            manifest is null ? null : Preprocessing.Of(manifest.Preprocessing),
            curve.Length > 0 ? curve : null,
            status.MemoryBytes > 0 ? status.MemoryBytes : null,
            status.Provider is { } provider ? System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(provider) : null,
            status.Error)
        {
            Parallel = status.Parallel is var (runs, time) ? new ParallelRuns(runs, Math.Round(time.TotalMilliseconds, 3)) : null,
        };
    }

    public static ModelDetail Of(CatalogEntry entry) => new(
        entry.Name, false, ModelSummary.NotInstalled, null, null, entry.Architecture, null, entry.Parameters, null, null, entry.Licence,
        new Provenance(entry.Url, entry.File, null, null, null, null, null), Accuracy.Of(entry), null, null, null, null, null);
}

/// <summary>Where weights came from, and digests.</summary>
/// <param name="Url">Of the published checkpoint.</param>
/// <param name="File">The checkpoint's file name.</param>
/// <param name="CheckpointSha256">Of the checkpoint.</param>
/// <param name="ModelSha256">Of the ONNX file that is served.</param>
/// <param name="LabelsSha256">Of the labels.</param>
/// <param name="Exporter">Version of the tool that wrote it.</param>
/// <param name="Seed">Of synthetic weights.</param>
internal sealed record Provenance(
    string? Url, string? File, string? CheckpointSha256, string? ModelSha256, string? LabelsSha256, string? Exporter, int? Seed)
{
    public static Provenance Of(ModelManifest manifest) => new(
        manifest.Source.Url, manifest.Source.File, manifest.Source.Sha256, manifest.Model.Sha256, manifest.Labels.Sha256, manifest.Exporter,
        manifest.Source.Seed);
}

/// <summary>ImageNet validation accuracy of the published weights, in %.</summary>
/// <param name="Top1Published">What the authors state.</param>
/// <param name="Top5Published">What the authors state.</param>
/// <param name="Top1Measured">What independent measurement of the published file gives.</param>
/// <param name="Top5Measured">What independent measurement of the published file gives.</param>
/// <param name="KnownBad">The file does not reach the published accuracy.</param>
/// <param name="Note">What to know about it.</param>
internal sealed record Accuracy(
    double Top1Published, double Top5Published, double Top1Measured, double Top5Measured, bool KnownBad, string? Note)
{
    public static Accuracy Of(CatalogEntry entry) => new(
        entry.Top1Published, entry.Top5Published, entry.Top1Measured, entry.Top5Measured, entry.KnownBad, entry.Note);
}

/// <summary>The contract from file to tensor: equal to Pillow and torchvision byte by byte.</summary>
/// <param name="Resize">Short side after resizing.</param>
/// <param name="Crop">Side of the centre square.</param>
/// <param name="Interpolation">Filter of the resize.</param>
/// <param name="Mean">Per channel, R, G, B.</param>
/// <param name="Std">Per channel, R, G, B.</param>
/// <param name="Reference">Whose bytes it equals.</param>
internal sealed record Preprocessing(
    int Resize, int Crop, string Interpolation, IReadOnlyList<float> Mean, IReadOnlyList<float> Std, string Reference)
{
    public static Preprocessing Of(PreprocessingRecipe recipe) => new(
        recipe.Resize, recipe.Crop, recipe.Interpolation, recipe.Mean, recipe.Std,
        "Pillow 9.4, torchvision 0.14; EXIF orientation and ICC profiles are not applied");
}

/// <summary>One point of the batch-latency curve.</summary>
/// <param name="Batch">Images in a run.</param>
/// <param name="Milliseconds">What it takes.</param>
internal readonly record struct BatchPoint(int Batch, double Milliseconds);

/// <summary>Runs of one image on one core each.</summary>
/// <param name="Runs">How many execute at once.</param>
/// <param name="Milliseconds">What each of them takes.</param>
internal readonly record struct ParallelRuns(int Runs, double Milliseconds);
