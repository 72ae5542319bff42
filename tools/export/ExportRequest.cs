using Export.Onnx;
using ModelStore;

namespace Export;

/// <summary>The model to install and its name. Weights come from <see cref="Entry"/>, <see cref="Checkpoint"/>, or a seed.</summary>
public sealed record ExportRequest
{
    /// <summary>The word for calibrating with noise instead of photographs.</summary>
    public const string Noise = "noise";

    /// <summary>Name in the store; see <see cref="ModelName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The published model, where it is one of the catalogue's.</summary>
    public CatalogEntry? Entry { get; init; }

    /// <summary>A checkpoint file to read instead of downloading; with <see cref="Entry"/> it must be the published file.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Makes synthetic weights from this seed instead of reading any.</summary>
    public int? SyntheticSeed { get; init; }

    /// <summary>Synthetic only: the architecture's name where it is not the entry's.</summary>
    public string? Architecture { get; init; }

    /// <summary>File of class names; null for ImageNet's where there are 1,000 classes, numbers where not.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>Arithmetic of the network.</summary>
    public Precision Precision { get; init; }

    /// <summary>Int8 only: the folder of photographs to calibrate with, or <see cref="Noise"/>.</summary>
    public string? Calibrate { get; init; }

    /// <summary>Int8 only: installs the network even where its answers miss the limits of agreement.</summary>
    public bool AcceptAgreement { get; init; }

    /// <summary>Installs another version even though the same model is installed already.</summary>
    public bool Force { get; init; }
}
