using System.Collections.Concurrent;

namespace InferenceApi.Telemetry;

/// <summary>
/// The model names that may become label values: those of which a load was attempted, which the store has. Any other name, such as one a
/// client made up, is counted under the empty value, so clients cannot grow the number of series.
/// </summary>
internal sealed class ModelLabels
{
    private const string Key = "model";

    private readonly ConcurrentDictionary<string, KeyValuePair<string, object?>> _known = new(StringComparer.Ordinal);
    private readonly KeyValuePair<string, object?> _unknown = new(Key, "");

    public void Admit(string model) => _known.TryAdd(model, new(Key, model));

    /// <summary>The label of a model; never allocates.</summary>
    public KeyValuePair<string, object?> Of(string? model) =>
        model is not null && _known.TryGetValue(model, out KeyValuePair<string, object?> label) ? label : _unknown;
}
