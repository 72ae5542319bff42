namespace ModelStore;

/// <summary>What every manifest must fulfil beyond its JSON shape.</summary>
internal static class ManifestRules
{
    private const int MaxSide = 4096;

    /// <exception cref="ModelStoreException">The message names the file and the field.</exception>
    public static void Check(ModelManifest manifest, string path)
    {
        void Require(bool holds, string field, string rule)
        {
            if (!holds) throw new ModelStoreException($"{path}: field {field}: {rule}") { Fault = StoreFault.Manifest };
        }

        Require(manifest.Schema == ModelManifest.CurrentSchema, "schema",
            $"is {manifest.Schema}; this version reads {ModelManifest.CurrentSchema}.");
        Require(ModelName.IsValid(manifest.Name), "name", ModelName.Rule);
        Require(manifest.Version >= 1, "version", "must be 1 or more.");
        Require(!string.IsNullOrWhiteSpace(manifest.Architecture), "architecture", "is missing.");
        Require(!string.IsNullOrWhiteSpace(manifest.Licence), "licence", "is missing.");
        Require(!string.IsNullOrWhiteSpace(manifest.Exporter), "exporter", "is missing.");
        Require(manifest.Source is not null, "source", "is missing.");
        Require(Enum.IsDefined(manifest.Origin), "origin", "must be official, custom or synthetic.");
        Require(manifest.Classes is >= 1 and <= LabelSet.MaxClasses, "classes", $"must be 1 to {LabelSet.MaxClasses}.");
        Require(manifest.Parameters > 0, "parameters", "must be positive.");
        Require(manifest.Precision is "fp32" or "fp16" or "int8", "precision", "must be fp32, fp16 or int8.");
        Require(
            manifest.Agreement is null or { Images: > 0, Source: not null, Top1: >= 0 and <= 1, MaxProbabilityDifference: >= 0 and <= 1 },
            "agreement", "must name its images, and parts from 0 to 1.");
        CheckDigest(manifest.Model, "model", Require);
        CheckDigest(manifest.Labels, "labels", Require);
        CheckRecipe(manifest.Preprocessing, Require);
    }

    private static void CheckDigest(FileDigest? digest, string field, Action<bool, string, string> require)
    {
        require(digest is not null, field, "is missing.");
        // A bare name: a manifest must not be able to point outside its own folder.
        require(!string.IsNullOrEmpty(digest!.File) && Path.GetFileName(digest.File) == digest.File && digest.File is not ("." or ".."),
            field + ".file", "must be a file name without a directory.");
        require(digest.Bytes > 0, field + ".bytes", "must be positive.");
        require(digest.Sha256 is { Length: 64 } && digest.Sha256.All(char.IsAsciiHexDigitLower), field + ".sha256",
            "must be 64 lower-case hexadecimal digits.");
    }

    private static void CheckRecipe(PreprocessingRecipe? recipe, Action<bool, string, string> require)
    {
        require(recipe is not null, "preprocessing", "is missing.");
        require(recipe!.Crop is >= 1 and <= MaxSide, "preprocessing.crop", $"must be 1 to {MaxSide}.");
        require(recipe.Resize >= recipe.Crop && recipe.Resize <= MaxSide, "preprocessing.resize", $"must be crop to {MaxSide}.");
        require(recipe.Interpolation == "bilinear", "preprocessing.interpolation", "must be bilinear.");
        require(recipe.Mean is { Count: 3 } && recipe.Mean.All(float.IsFinite), "preprocessing.mean", "must be three finite numbers.");
        require(recipe.Std is { Count: 3 } && recipe.Std.All(value => float.IsFinite(value) && value > 0), "preprocessing.std",
            "must be three positive numbers.");
    }
}
