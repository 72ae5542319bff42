using System.Text.Json.Serialization;

namespace ModelStore;

/// <summary>Source-generated JSON of the catalogue and the manifests. Unknown members are refused: a typo must not pass silently.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CatalogEntry[]))]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class StoreJson : JsonSerializerContext;
