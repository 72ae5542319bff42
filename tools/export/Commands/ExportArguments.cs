using System.Globalization;
using Export.Architectures;
using Export.Onnx;
using ModelStore;

namespace Export.Commands;

/// <summary>What the user typed, and the exports it means.</summary>
internal sealed record ExportArguments
{
    /// <summary>Seed of --synthetic without a value.</summary>
    public const int DefaultSeed = 1;

    private const int MostSuggestions = 4;
    private static readonly string[] Commands = ["list", "verify", "wait", "remove"];

    public IReadOnlyList<string> Models { get; init; } = [];

    public bool All { get; init; }

    public string? Checkpoint { get; init; }

    public string? Name { get; init; }

    public string? Labels { get; init; }

    public bool Synthetic { get; init; }

    /// <summary>What follows --synthetic: a seed, or a model's name that was meant as an argument.</summary>
    public string? SyntheticValue { get; init; }

    public bool Force { get; init; }

    /// <summary>fp32, fp16 or int8; without a --name of its own such a model is installed as MODEL_fp16 or MODEL_int8.</summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>A folder of photographs, or the word noise; int8 only.</summary>
    public string? Calibrate { get; init; }

    /// <summary>Installs an int8 model that misses the limits of agreement.</summary>
    public bool AcceptAgreement { get; init; }

    /// <summary>The exports to do, in order.</summary>
    /// <exception cref="UsageException">The combination is invalid, or a name is unknown.</exception>
    public IReadOnlyList<ExportRequest> Requests()
    {
        // "--synthetic resnet18_ssl" reads naturally, so only a number is taken as the seed.
        bool isSeed = int.TryParse(SyntheticValue, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int seed);
        IReadOnlyList<string> models = SyntheticValue is null || isSeed ? Models : [SyntheticValue, .. Models];
        CheckCombination(models);
        int? syntheticSeed = Synthetic ? isSeed ? seed : DefaultSeed : null;
        if (All) models = [.. ModelCatalog.Entries.Select(entry => entry.Name)];
        if (models.Count == 0) return [Request(Name ?? "", null)];
        return
        [
            .. models.Select(
                model => syntheticSeed is null ? Request(model, Known(model)) : SyntheticRequest(model, syntheticSeed.Value)),
        ];
    }

    private Precision Arithmetic => Precision switch
    {
        "fp32" => Onnx.Precision.Fp32,
        "fp16" => Onnx.Precision.Fp16,
        "int8" => Onnx.Precision.Int8,
        _ => throw new UsageException($"--precision is fp32, fp16 or int8, not '{Precision}'."),
    };

    private void CheckCombination(IReadOnlyList<string> models)
    {
        bool int8 = Arithmetic == Onnx.Precision.Int8;
        if (int8 && Calibrate is null) throw new UsageException("--precision int8 needs --calibrate DIR, a folder of photographs.");
        if (!int8 && (Calibrate is not null || AcceptAgreement))
            throw new UsageException("--calibrate and --accept-agreement need --precision int8.");
        if (All && (models.Count > 0 || Name is not null || Checkpoint is not null))
            throw new UsageException("--all excludes MODEL, --name and --checkpoint.");
        if (Synthetic && Checkpoint is not null) throw new UsageException("--synthetic and --checkpoint exclude each other.");
        if (All) return;
        if (models.Count == 0 && Checkpoint is null)
            throw new UsageException("Name a MODEL, or give --all, or give a --checkpoint and a --name.");
        if (models.Count == 0 && Name is null) throw new UsageException("--checkpoint needs a --name to install it under.");
        if (models.Count > 1 && (Name is not null || Checkpoint is not null))
            throw new UsageException("--name and --checkpoint are for one model at a time.");
        if (models.Count == 1 && Name is not null && !Synthetic)
            throw new UsageException("Give either MODEL, for a published model, or --name, for your own.");
        if (Name is not null && !ModelName.IsValid(Name)) throw new UsageException($"'{Name}' cannot be a model's name. {ModelName.Rule}");
    }

    private static CatalogEntry Known(string model) => ModelCatalog.Find(model) ?? throw new UsageException(
        $"'{model}' is not a published model. {Suggestion(model)} Your own: --name NAME --checkpoint FILE.");

    private static string Suggestion(string model)
    {
        string[] published = [.. ModelCatalog.Entries.Select(entry => entry.Name)];
        if (NearestNames.Of(model, published) is { Count: > 0 } near)
            return $"Did you mean {string.Join(" or ", near.Take(MostSuggestions))}?";
        return NearestNames.Of(model, Commands) is [string command, ..]
            ? $"Did you mean the command {command}?"
            : $"Known: {string.Join(", ", published)}.";
    }

    private ExportRequest Request(string name, CatalogEntry? entry) => new()
    {
        Name = Arithmetic != Onnx.Precision.Fp32 && Name is null ? $"{name}_{Precision}" : name,
        Entry = entry ?? ModelCatalog.Find(name),
        Checkpoint = Checkpoint,
        LabelsFile = Labels,
        Force = Force,
        Precision = Arithmetic,
        Calibrate = Calibrate,
        AcceptAgreement = AcceptAgreement,
    };

    private ExportRequest SyntheticRequest(string model, int seed)
    {
        if (ModelCatalog.Find(model) is null && ResNetNames.Find(model, 1) is null)
            throw new UsageException($"'{model}' is neither a published model nor an architecture ({ResNetNames.Rule}).");
        CatalogEntry? entry = ModelCatalog.Find(model);
        return Request(Name ?? model, entry) with { SyntheticSeed = seed, Architecture = entry?.Architecture ?? model };
    }
}
