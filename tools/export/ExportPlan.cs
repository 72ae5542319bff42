using System.Globalization;
using Export.Architectures;
using Export.Conversion;
using Export.Onnx;
using Export.Weights;
using ModelStore;

namespace Export;

/// <summary>Everything decided about an export before a byte is written.</summary>
/// <param name="Architecture">The network.</param>
/// <param name="Weights">Its tensors.</param>
/// <param name="Labels">Names of its classes.</param>
/// <param name="Origin">Whose weights they are.</param>
/// <param name="Source">Where they came from.</param>
/// <param name="Entry">The published model, where it is one.</param>
/// <param name="Precision">Arithmetic of the network.</param>
internal sealed record ExportPlan(
    ResNetArchitecture Architecture,
    WeightSource Weights,
    LabelSet Labels,
    ModelOrigin Origin,
    WeightsSource Source,
    CatalogEntry? Entry,
    Precision Precision)
{
    /// <summary>torchvision's recipe, which all published models and by far most custom ones were trained with.</summary>
    public static PreprocessingRecipe Recipe => PreprocessingRecipe.ImageNet;

    /// <summary>The name in manifests.</summary>
    public static string NameOf(Precision precision) => precision switch
    {
        Precision.Fp16 => "fp16",
        Precision.Int8 => "int8",
        _ => "fp32",
    };

    /// <summary>The network in float16 where that is asked for, else in float32; int8 is made from the latter.</summary>
    public OnnxGraph Graph() =>
        ResNetGraph.Build(Architecture, Weights, Recipe.Crop, Precision == Precision.Fp16 ? Precision.Fp16 : Precision.Fp32);

    private string Licence => Origin switch
    {
        ModelOrigin.Official => Entry?.Licence ?? "",
        ModelOrigin.Custom => "unknown (custom checkpoint)",
        _ => "none (synthetic weights)",
    };

    /// <summary>The ONNX model; its metadata_props use the keys of ONNX's docs/IR.md and docs/MetadataProps.md, then our own.</summary>
    public OnnxFile Describe(OnnxGraph graph, string name, string version, FileDigest labels)
    {
        List<KeyValuePair<string, string>> metadata =
        [
            new("model_license", Licence),
            new("Image.BitmapPixelFormat", "Rgb8"),
            new("Image.ColorSpaceGamma", "SRGB"),
            new("Image.NominalPixelRange", "Normalized_0_1"),
            new("name", name),
            new("architecture", Architecture.Name),
            new("origin", Origin.ToString().ToLowerInvariant()),
            new("classes", Architecture.Classes.ToString(CultureInfo.InvariantCulture)),
            new("labels_sha256", labels.Sha256),
            new("mean", Numbers(Recipe.Mean)),
            new("std", Numbers(Recipe.Std)),
            new("resize", Recipe.Resize.ToString(CultureInfo.InvariantCulture)),
            new("crop", Recipe.Crop.ToString(CultureInfo.InvariantCulture)),
            new("interpolation", Recipe.Interpolation),
        ];
        if (Origin == ModelOrigin.Official && Entry is not null)
        {
            metadata.Insert(0, new("model_author", "I. Zeki Yalniz et al., arXiv 1905.00546"));
            metadata.Add(new("supervision", Entry.Supervision));
        }

        if (Source.Url is not null) metadata.Add(new("source_url", Source.Url));
        if (Source.Sha256 is not null) metadata.Add(new("source_sha256", Source.Sha256));
        if (Source.Seed is { } seed) metadata.Add(new("seed", seed.ToString(CultureInfo.InvariantCulture)));
        if (Precision != Precision.Fp32) metadata.Add(new("precision", NameOf(Precision)));
        return new OnnxFile(graph, "export", version, metadata);
    }

    /// <summary>What the store keeps beside the files.</summary>
    public ModelManifest Manifest(
        string name, int version, string exporter, FileDigest model, FileDigest labels, PrecisionAgreement? agreement) => new()
        {
            Name = name,
            Version = version,
            Architecture = Architecture.Name,
            Origin = Origin,
            Licence = Licence,
            Classes = Architecture.Classes,
            Parameters = Architecture.Parameters,
            Precision = NameOf(Precision),
            Agreement = agreement,
            Exporter = exporter,
            Source = Source,
            Model = model,
            Labels = labels,
            Preprocessing = Recipe,
        };

    /// <summary>What the user should know about the result.</summary>
    public IReadOnlyList<string> Warnings(ExportRequest request)
    {
        List<string> warnings = [];
        if (Origin == ModelOrigin.Synthetic) warnings.Add("The weights are synthetic: the answers mean nothing.");
        if (Origin == ModelOrigin.Official && Entry is { KnownBad: true })
            warnings.Add(Entry.Note ?? "The published file does not reach the published accuracy.");
        if (Origin == ModelOrigin.Custom && request.LabelsFile is null)
        {
            warnings.Add(Architecture.Classes == LabelSet.ImageNet.Count
                ? "No --labels: 1,000 classes are taken to be ImageNet's, in its order."
                : $"No --labels: the {Architecture.Classes} classes are numbered.");
        }

        return warnings;
    }

    private static string Numbers(IEnumerable<float> numbers) =>
        string.Join(",", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}
