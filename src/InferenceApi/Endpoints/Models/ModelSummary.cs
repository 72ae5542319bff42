using InferenceApi.Serving;
using ModelStore;

namespace InferenceApi.Endpoints.Models;

/// <summary>Answer of GET /v1/models.</summary>
internal sealed record ModelList(ModelSummary[] Models);

/// <summary>One line of the list.</summary>
/// <param name="Name">The name in URLs.</param>
/// <param name="State">notInstalled, unloaded, loading, warmingUp, ready, draining or failed.</param>
/// <param name="Installed">It can be asked; an unloaded one is loaded by its first request.</param>
/// <param name="Version">Newest installed version.</param>
/// <param name="Weights">official, custom or synthetic; synthetic answers mean nothing.</param>
/// <param name="Architecture">For example resnext101_32x8d.</param>
/// <param name="Licence">Of the weights.</param>
/// <param name="Top1">Measured ImageNet accuracy of the published weights, in %; absent for other weights.</param>
/// <param name="KnownBad">The published file does not reach its published accuracy; absent where it does.</param>
internal sealed record ModelSummary(
    string Name, string State, bool Installed, string? Version, ModelOrigin? Weights, string? Architecture, string? Licence, double? Top1,
    bool? KnownBad)
{
    public const string NotInstalled = "notInstalled";

    public static ModelSummary Of(ModelStatus status)
    {
        CatalogEntry? published = status.Manifest?.Origin == ModelOrigin.Official ? ModelCatalog.Find(status.Name) : null;
        return new ModelSummary(
            status.Name, StateOf(status.State), true, status.Manifest?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            status.Manifest?.Origin, status.Manifest?.Architecture, status.Manifest?.Licence, published?.Top1Measured,
            KnownBadOf(published));
    }

    public static ModelSummary Of(CatalogEntry entry) => new(
        entry.Name, NotInstalled, false, null, null, entry.Architecture, entry.Licence, entry.Top1Measured, KnownBadOf(entry));

    public static string StateOf(ModelState state) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(state.ToString());

    private static bool? KnownBadOf(CatalogEntry? entry) => entry is { KnownBad: true } ? true : null;
}
