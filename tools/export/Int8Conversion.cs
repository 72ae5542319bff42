using Export.Onnx;
using Export.Pictures;
using Export.Quantization;
using Export.Runtime;
using Export.Verification;
using InferenceApi.Runtime;
using ModelStore;

namespace Export;

/// <summary>Makes the int8 network of a plan and judges it: with photographs, or with noise where the user accepts that.</summary>
internal sealed class Int8Conversion
{
    private const int NoisePictures = 64, NoiseSeed = 1, JudgingPatterns = 32;

    /// <summary>Skipped files that a warning names.</summary>
    private const int NamedFiles = 10;

    private readonly ExportRequest _request;
    private readonly IProgress<ExportProgress>? _progress;
    private readonly CancellationToken _cancel;
    private readonly Quantizer _quantizer;
    private readonly PictureFolder? _folder;
    private readonly List<string> _warnings = [];
    private CalibrationSource? _calibration;

    /// <param name="request">Says what to calibrate with.</param>
    /// <param name="plan">Of the model.</param>
    /// <param name="graph">The plan's network in float32.</param>
    /// <param name="progress">Called after every run.</param>
    /// <param name="cancel">Checked between runs.</param>
    /// <exception cref="ExportException">Nothing to calibrate with was named, or noise without accepting its agreement.</exception>
    /// <exception cref="PicturesException">There are too few photographs.</exception>
    public Int8Conversion(
        ExportRequest request, ExportPlan plan, OnnxGraph graph, IProgress<ExportProgress>? progress, CancellationToken cancel)
    {
        (_request, _progress, _cancel, _quantizer) = (request, progress, cancel, new Quantizer(graph));
        string source = request.Calibrate ?? throw new ExportException("int8 needs photographs to calibrate with.");
        if (source != ExportRequest.Noise) _folder = new PictureFolder(source, plan.Labels, ExportPlan.Recipe);
        else if (!request.AcceptAgreement)
        {
            throw new ExportException(
                "noise does not represent photographs: 90 to 95 % of the first answers stay the same. Calibrate with photographs, or " +
                "install it knowingly with --accept-agreement.");
        }
    }

    /// <summary>The float32 network to write for <see cref="Quantize"/> and <see cref="Judge"/>.</summary>
    public OnnxGraph Probed => _quantizer.Probed;

    /// <summary>The warnings about calibration and judgement.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Calibrates, and builds the int8 network.</summary>
    /// <param name="reference">The written <see cref="Probed"/>.</param>
    public OnnxGraph Quantize(string reference)
    {
        using NetworkSession network = new(reference);
        IReadOnlyList<Picture> pictures =
            _folder?.Calibration() ?? [.. GeneratedPictures.Noise(NoisePictures, network.Side, NoiseSeed)];
        _calibration = new CalibrationSource(
            _folder is null ? ExportRequest.Noise : AgreementSource.Photographs,
            pictures.Count,
            _folder?.Skipped.Count ?? 0,
            _folder is null ? NoiseSeed : PictureFolder.Seed);
        PreprocessingRecipe recipe = ExportPlan.Recipe;
        ActivationScale input = ActivationScale.Of(
            recipe.Mean.Zip(recipe.Std, (mean, std) => -mean / std).Min(),
            recipe.Mean.Zip(recipe.Std, (mean, std) => (1 - mean) / std).Max());
        Action ran = Counter(ExportStage.Calibrate, _quantizer.Runs(pictures.Count));
        return _quantizer.Quantize(network, input, [.. pictures.Select(picture => picture.Values)], ran, _cancel);
    }

    /// <summary>Sees that ONNX Runtime computes in bytes throughout, and that the answers are float32's.</summary>
    /// <param name="reference">The written <see cref="Probed"/>.</param>
    /// <param name="path">The written int8 network.</param>
    /// <returns>The agreement for the manifest.</returns>
    /// <exception cref="NetworkCheckException">Not so.</exception>
    public PrecisionAgreement Judge(string reference, string path)
    {
        // Calibration held several times the network's size; it is released before the two networks are opened.
        GC.Collect();
        NativeHeaps.ReturnFreeMemory();
        FusionCheck.Run(path);
        using NetworkSession expected = new(reference), actual = new(path);
        (IEnumerable<Picture> pictures, int count, string source) = _folder is null
            ? (GeneratedPictures.Patterns(JudgingPatterns, expected.Side), JudgingPatterns, AgreementSource.Generated)
            : (_folder.Judged(), _folder.JudgedCount, AgreementSource.Photographs);
        PrecisionAgreement agreement =
            AgreementMeasurement.Run(expected, actual, pictures, source, Counter(ExportStage.Compare, count), _cancel);
        IReadOnlyList<string> misses = AgreementGate.Misses(agreement);
        agreement = AgreementGate.Require(agreement, _request.AcceptAgreement);
        if (misses.Count > 0) _warnings.Add($"Accepted below the limits of agreement: {string.Join("; ", misses)}.");
        if (_folder is { Skipped: { Count: > 0 } skipped })
        {
            string more = skipped.Count > NamedFiles ? $"; and {skipped.Count - NamedFiles} more" : "";
            _warnings.Add($"{skipped.Count} files were skipped: {string.Join("; ", skipped.Take(NamedFiles))}{more}");
        }

        return agreement with { Calibration = _calibration! with { Skipped = _folder?.Skipped.Count ?? 0 } };
    }

    private Action Counter(ExportStage stage, int total)
    {
        int done = 0;
        return () => _progress?.Report(new ExportProgress(_request.Name, stage, ++done, total));
    }
}
