using System.Diagnostics;
using Export.Architectures;
using Export.Checkpoints;
using Export.Downloads;
using Export.Onnx;
using Export.Pictures;
using Export.Runtime;
using Export.Verification;
using Export.Weights;
using ModelStore;

namespace Export;

/// <summary>Brings one model into a store: weights, conversion, check, install. The command is a thin shell around this class.</summary>
/// <param name="store">Where models are installed.</param>
/// <param name="download">Fetches published checkpoints.</param>
/// <param name="createFile">Opens the file that the network is written into; replaced by tests that need a full disk.</param>
public sealed class ModelExporter(StoreFolder store, CheckpointDownload download, Func<string, Stream>? createFile = null)
{
    /// <summary>Version written into manifests and ONNX files.</summary>
    public static string Version { get; } = typeof(ModelExporter).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private const string ModelFile = "model.onnx", LabelsFile = "labels.csv";

    /// <summary>The float32 network beside one of lower precision, until they are compared.</summary>
    private const string ReferenceFile = "reference.onnx";

    /// <summary>Folder of the store for downloads; its leading dot keeps it from being a model.</summary>
    private const string DownloadFolder = ".downloads";

    /// <summary>An exporter for a store, with the published addresses or those the environment names.</summary>
    public static ModelExporter Create(StoreFolder store, HttpClient client) =>
        new(store, new CheckpointDownload(client, DownloadOptions.FromEnvironment(), TimeProvider.System));

    /// <summary>Exports and installs one model.</summary>
    /// <exception cref="ExportException">Not possible as asked.</exception>
    /// <exception cref="CheckpointException">The checkpoint cannot be read.</exception>
    /// <exception cref="WeightsException">The weights are not a ResNet's, or not finite.</exception>
    /// <exception cref="PicturesException">The pictures to calibrate with are too few or unreadable.</exception>
    /// <exception cref="NetworkCheckException">The written network does not compute, or answers too unlike float32.</exception>
    /// <exception cref="DownloadException">The published file cannot be fetched.</exception>
    /// <exception cref="ModelStoreException">The store cannot be written.</exception>
    public async Task<ExportReport> ExportAsync(
        ExportRequest request, IProgress<ExportProgress>? progress = null, CancellationToken cancel = default)
    {
        if (!ModelName.IsValid(request.Name)) throw new ExportException($"'{request.Name}' cannot be a model's name. {ModelName.Rule}");
        Stopwatch total = Stopwatch.StartNew();
        if (!request.Force && InstalledLookup.Find(store, request) is { } existing)
            return new ExportReport(existing, false, TimeSpan.Zero, 0, total.Elapsed, []);

        // Variants of one checkpoint share its download.
        using ExportTurn turn = await ExportTurn.WaitAsync(
            store, request.Entry?.Name ?? request.Name,
            () => progress?.Report(new ExportProgress(request.Name, ExportStage.Wait, 0, 0)), cancel)
            .ConfigureAwait(false);
        if (!request.Force && InstalledLookup.Find(store, request) is { } meanwhile)
            return new ExportReport(meanwhile, false, TimeSpan.Zero, 0, total.Elapsed, []);
        if (request.SyntheticSeed is { } seed) return Install(request, SyntheticPlan(request, seed), total, progress, cancel);

        (string path, FileDigest digest) = await CheckpointAsync(request, progress, cancel).ConfigureAwait(false);
        if (!request.Force && InstalledLookup.FindSource(store, request, digest) is { } same)
            return new ExportReport(same, false, TimeSpan.Zero, 0, total.Elapsed, []);
        ExportReport report;
        using (Checkpoint checkpoint = Checkpoint.Open(path))
        {
            report = Install(request, CheckpointPlan(request, checkpoint, digest), total, progress, cancel);
        }

        // The installed network replaces the download; keeping both would double the disk a model takes.
        if (request.Checkpoint is null) File.Delete(path);
        return report;
    }

    private async Task<(string Path, FileDigest Digest)> CheckpointAsync(
        ExportRequest request, IProgress<ExportProgress>? progress, CancellationToken cancel)
    {
        if (request.Checkpoint is null)
        {
            CatalogEntry entry = request.Entry
                ?? throw new ExportException($"'{request.Name}' is not a published model; give its weights with --checkpoint.");
            Progress fetched = new(bytes => progress?.Report(new ExportProgress(request.Name, ExportStage.Download, bytes, entry.Bytes)));
            return await download.FetchAsync(entry, Path.Combine(store.Root, DownloadFolder), fetched, cancel).ConfigureAwait(false);
        }

        FileDigest digest = DigestOf(request, progress);
        if (request.Entry is { } published && !CheckpointDownload.IsPublished(digest, published))
        {
            throw new ExportException(
                $"{request.Checkpoint}: SHA-256 is {digest.Sha256} ({digest.Bytes:N0} bytes), but the published {published.Name} is " +
                $"{published.Sha256Prefix}… ({published.Bytes:N0} bytes). Give another --name to install it as your own.");
        }

        return (request.Checkpoint, digest);
    }

    private static FileDigest DigestOf(ExportRequest request, IProgress<ExportProgress>? progress)
    {
        string path = request.Checkpoint ?? throw new InvalidOperationException("There is no checkpoint file.");
        try
        {
            long bytes = Directory.Exists(path) ? throw new ExportException($"{path}: it is a directory.") : new FileInfo(path).Length;
            Progress read = new(done => progress?.Report(new ExportProgress(request.Name, ExportStage.Digest, done, bytes)));
            ZipChecksums? checksums = ZipChecksums.Of(path);
            return FileDigest.Of(path, Path.GetFileName(path), read, checksums is null ? null : piece => checksums.Append(piece.Span));
        }
        catch (CheckpointException exception)
        {
            throw new CheckpointException($"{path}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ExportException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    private static ExportPlan SyntheticPlan(ExportRequest request, int seed)
    {
        string name = request.Architecture ?? request.Entry?.Architecture
            ?? throw new ExportException("Synthetic weights need an architecture.");
        LabelSet labels = request.LabelsFile is null ? LabelSet.ImageNet : LabelSet.Load(request.LabelsFile);
        ResNetArchitecture architecture = ResNetNames.Find(name, labels.Count)
            ?? throw new ExportException($"'{name}' is not an architecture; known are {ResNetNames.Rule}.");
        SyntheticWeights weights = new(architecture, seed);
        return new ExportPlan(
            architecture, weights, labels, ModelOrigin.Synthetic, new WeightsSource(Seed: seed), request.Entry, request.Precision);
    }

    private static ExportPlan CheckpointPlan(ExportRequest request, Checkpoint checkpoint, FileDigest digest)
    {
        ResNetArchitecture architecture = ResNetRecognition.Recognise(checkpoint);
        LabelSet labels = request.LabelsFile is not null ? LabelSet.Load(request.LabelsFile)
            : architecture.Classes == LabelSet.ImageNet.Count ? LabelSet.ImageNet
            : LabelSet.Numbered(architecture.Classes);
        if (labels.Count != architecture.Classes)
            throw new ExportException(
                $"{request.LabelsFile}: has {labels.Count} labels; {checkpoint.Path} has {architecture.Classes} classes.");
        ModelOrigin origin = request.Entry is null ? ModelOrigin.Custom : ModelOrigin.Official;
        WeightsSource source = new(request.Entry?.Url, digest.File, digest.Sha256);
        return new ExportPlan(
            architecture, new CheckpointWeights(checkpoint), labels, origin, source, request.Entry, request.Precision);
    }

    private ExportReport Install(
        ExportRequest request, ExportPlan plan, Stopwatch total, IProgress<ExportProgress>? progress, CancellationToken cancel)
    {
        Stopwatch conversion = Stopwatch.StartNew();
        using ModelInstallation installation = store.Begin(request.Name);
        string path = installation.PathOf(ModelFile), labelsPath = installation.PathOf(LabelsFile);
        string reference = installation.PathOf(ReferenceFile);
        plan.Labels.Save(labelsPath);
        FileDigest labels = FileDigest.Of(labelsPath, LabelsFile);
        OnnxGraph graph = plan.Graph();
        Int8Conversion? int8 = plan.Precision == Precision.Int8 ? new Int8Conversion(request, plan, graph, progress, cancel) : null;
        if (int8 is not null)
        {
            WriteModel(new OnnxWriter(plan.Describe(int8.Probed, request.Name, Version, labels)), request.Name, reference, null, cancel);
            graph = int8.Quantize(reference);
        }

        OnnxWriter writer = new(plan.Describe(graph, request.Name, Version, labels));
        FileDigest model = WriteModel(writer, request.Name, path, progress, cancel);
        TimeSpan converted = conversion.Elapsed;
        long peak = PeakMemory.Bytes();

        progress?.Report(new ExportProgress(request.Name, ExportStage.Check, 0, writer.Bytes));
        OnnxCheck.Run(path, plan.Architecture.Classes, plan.Precision);
        progress?.Report(new ExportProgress(request.Name, ExportStage.Check, writer.Bytes, writer.Bytes));
        PrecisionAgreement? agreement = plan.Precision switch
        {
            Precision.Int8 => int8!.Judge(reference, path),
            Precision.Fp16 => MeasureAgreement(reference, path, plan, request.Name, labels, cancel),
            _ => null,
        };
        File.Delete(reference);
        InstalledModel installed =
            installation.Commit(version => plan.Manifest(request.Name, version, Version, model, labels, agreement));
        IReadOnlyList<string> warnings = [.. plan.Warnings(request), .. int8?.Warnings ?? []];
        return new ExportReport(installed, true, converted, peak, total.Elapsed, warnings);
    }

    /// <summary>Writes the float32 network beside the other for as long as it takes to compare them.</summary>
    private PrecisionAgreement MeasureAgreement(
        string reference, string path, ExportPlan plan, string name, FileDigest labels, CancellationToken cancel)
    {
        const int Pictures = 16;
        OnnxGraph single = (plan with { Precision = Precision.Fp32 }).Graph();
        WriteModel(new OnnxWriter(plan.Describe(single, name, Version, labels)), name, reference, null, cancel);
        using NetworkSession expected = new(reference), actual = new(path);
        IEnumerable<Picture> pictures = GeneratedPictures.Patterns(Pictures, expected.Side);
        return AgreementMeasurement.Run(expected, actual, pictures, AgreementSource.Generated, () => { }, cancel);
    }

    private FileDigest WriteModel(
        OnnxWriter writer, string name, string path, IProgress<ExportProgress>? progress, CancellationToken cancel)
    {
        try
        {
            using Stream file = createFile is null ? File.Create(path, bufferSize: 1 << 16) : createFile(path);
            using DigestStream digest = new(file);
            writer.Write(
                digest, new Progress(done => progress?.Report(new ExportProgress(name, ExportStage.Convert, done, writer.Bytes))), cancel);
            file.Flush();
            return digest.Digest(ModelFile);
        }
        catch (IOException exception)
        {
            throw new ModelStoreException($"{path}: cannot be written: {exception.Message} Nothing was installed.", exception);
        }
    }
}
