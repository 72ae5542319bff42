using ModelStore;

namespace Export.Commands;

/// <summary>One line of `export list`; --json writes it as it is.</summary>
/// <param name="Model">The name.</param>
/// <param name="Architecture">For example resnext101_32x8d.</param>
/// <param name="Parameters">Learnable ones.</param>
/// <param name="Gmacs">Multiply-adds of one picture, in billions; null where it is not a published model.</param>
/// <param name="Top1Measured">In %, likewise.</param>
/// <param name="Top1Published">In %, likewise.</param>
/// <param name="KnownBad">The published file does not reach the published accuracy.</param>
/// <param name="Licence">Of the weights.</param>
/// <param name="Version">The newest installed; null where it is not installed.</param>
/// <param name="Weights">official, custom or synthetic; null likewise.</param>
/// <param name="Precision">fp32, fp16 …; null likewise.</param>
internal sealed record ListedModel(
    string Model,
    string Architecture,
    long Parameters,
    double? Gmacs,
    double? Top1Measured,
    double? Top1Published,
    bool KnownBad,
    string Licence,
    int? Version,
    string? Weights,
    string? Precision)
{
    /// <summary>Installed models by name, then the published ones that are not, in the catalogue's order.</summary>
    public static IReadOnlyList<ListedModel> Of(IReadOnlyList<InstalledModel> installed) =>
    [
        .. installed.Select(model => Of(model.Manifest)),
        .. ModelCatalog.Entries.Where(entry => installed.All(model => model.Manifest.Name != entry.Name)).Select(entry => Of(entry)),
    ];

    private static ListedModel Of(ModelManifest manifest)
    {
        CatalogEntry? entry = ModelCatalog.Find(manifest.Name);
        return new ListedModel(
            manifest.Name, manifest.Architecture, manifest.Parameters, entry?.Gmacs, entry?.Top1Measured, entry?.Top1Published,
            entry?.KnownBad ?? false, manifest.Licence, manifest.Version, manifest.Origin.ToString().ToLowerInvariant(),
            manifest.Precision);
    }

    private static ListedModel Of(CatalogEntry entry) => new(
        entry.Name, entry.Architecture, entry.Parameters, entry.Gmacs, entry.Top1Measured, entry.Top1Published, entry.KnownBad,
        entry.Licence, null, null, null);
}
