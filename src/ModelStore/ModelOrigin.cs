using System.Text.Json.Serialization;

namespace ModelStore;

/// <summary>Whose weights a model carries.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelOrigin>))]
public enum ModelOrigin
{
    /// <summary>The published file, its digest checked against the catalogue.</summary>
    [JsonStringEnumMemberName("official")]
    Official,

    /// <summary>A checkpoint that the operator brought.</summary>
    [JsonStringEnumMemberName("custom")]
    Custom,

    /// <summary>Seeded random weights of the right shape: the answers mean nothing.</summary>
    [JsonStringEnumMemberName("synthetic")]
    Synthetic,
}
