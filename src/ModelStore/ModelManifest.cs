namespace ModelStore;

/// <summary>Everything the store knows about one installed version of a model; kept beside it as manifest.json.</summary>
public sealed record ModelManifest
{
    /// <summary>The layout this code writes and reads; another number is refused.</summary>
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The name in URLs; see <see cref="ModelName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>1, 2, 3 …; the folder's name.</summary>
    public required int Version { get; init; }

    /// <summary>Family member, for example "resnet50" or "resnext101_32x8d".</summary>
    public required string Architecture { get; init; }

    public required ModelOrigin Origin { get; init; }

    /// <summary>SPDX identifier or the words "unknown (custom checkpoint)".</summary>
    public required string Licence { get; init; }

    /// <summary>Number of classes: the length of one row of logits and of the labels.</summary>
    public required int Classes { get; init; }

    /// <summary>Arithmetic inside the graph: "fp32", "fp16" or "int8". Input and output are float32 either way.</summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>Of a lower precision: how faithful it is. Absent for fp32, and where it was not measured.</summary>
    public PrecisionAgreement? Agreement { get; init; }

    /// <summary>Learnable parameters, as PyTorch counts them.</summary>
    public required long Parameters { get; init; }

    /// <summary>Version of the tool that wrote the files.</summary>
    public required string Exporter { get; init; }

    /// <summary>Where the weights came from.</summary>
    public required WeightsSource Source { get; init; }

    public required FileDigest Model { get; init; }

    public required FileDigest Labels { get; init; }

    public required PreprocessingRecipe Preprocessing { get; init; }
}

/// <summary>Where weights came from; which fields are set depends on the origin.</summary>
/// <param name="Url">Official: the address of the download.</param>
/// <param name="File">Official and custom: the checkpoint's file name, without its folder.</param>
/// <param name="Sha256">Official and custom: SHA-256 of the checkpoint, lower-case hexadecimal.</param>
/// <param name="Seed">Synthetic: what the generator was seeded with.</param>
public sealed record WeightsSource(string? Url = null, string? File = null, string? Sha256 = null, int? Seed = null);
