using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Serving;

/// <summary>Which models are served, and how much may wait for them.</summary>
public sealed class ServingOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Serving";

    /// <summary>
    /// Folder of installed models, relative to the working directory. <c>MODEL_STORE</c> is a short name of this setting and overrides it.
    /// </summary>
    [Required]
    public string Store { get; init; } = "models";

    /// <summary>
    /// Models to load before the service is ready; the others are loaded by their first request, which waits for it (about a second for
    /// ResNet-50).
    /// </summary>
    public IReadOnlyList<string> Preload { get; init; } = [];

    /// <summary>
    /// Whether a request may load an installed model. Where it is false only the models of <see cref="Preload"/> are served; the others are
    /// listed and answered 404, so that no caller decides what is in memory.
    /// </summary>
    public bool OnDemand { get; init; } = true;

    /// <summary>
    /// Bytes that loaded models may take, least recently used evicted first; a model that alone takes more is refused. 0: on a CPU the
    /// memory limit of the container less 400 MB and 20 MB a core, for the service, its activations and pictures in flight; no limit where
    /// the container has none.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MemoryBudget { get; init; }

    /// <summary>
    /// Images of one model that may wait, those being decoded included, 0.6 MB each; 0: 128 and four of the largest batches, so that a
    /// request of 64 images is half of it and leaves its neighbours room. It bounds memory, not latency: admission refuses late requests
    /// long before.
    /// </summary>
    [Range(0, 65536)]
    public int QueueCapacity { get; init; }

    /// <summary>
    /// Time for measuring the batch-latency curve of one model; more finds larger batches of slow models. Every batch size in use is run
    /// whatever this says.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan WarmUpBudget { get; init; } = TimeSpan.FromSeconds(0.4);

    /// <summary>Interval at which the store is read for new versions of loaded models. It costs a directory listing.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StorePoll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!OnDemand && Preload.Count == 0)
        {
            yield return new ValidationResult(
                "Serving:OnDemand is 'False' and Serving:Preload is empty, so no model could be served; "
                + "allowed: name models in Serving:Preload.",
                [nameof(OnDemand)]);
        }
    }

    /// <summary>Whether a request may make this model be loaded.</summary>
    internal bool Serves(string name) => OnDemand || Preload.Contains(name);

    /// <summary><see cref="QueueCapacity"/> with its default filled in.</summary>
    internal int QueueCapacityFor(int largestBatch) => QueueCapacity > 0 ? QueueCapacity : 128 + (4 * largestBatch);
}
