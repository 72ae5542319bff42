using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Serving;

/// <summary>Which models are served, and how much may wait for them.</summary>
public sealed class ServingOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Serving";

    /// <summary>Folder of installed models; default "models" in the working directory.</summary>
    [Required]
    public string Store { get; init; } = "models";

    /// <summary>
    /// Models to load before the service says it is ready; default none. Others are loaded by their first request, which waits for it
    /// (about a second for ResNet-50).
    /// </summary>
    public IReadOnlyList<string> Preload { get; init; } = [];

    /// <summary>
    /// Bytes that loaded models may take, least recently used evicted first; 0 for no limit, which is the default. Set it to the
    /// container's memory limit less about 400 MB, and 10 to 20 MB a core, for the service, its activations and pictures in flight.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MemoryBudget { get; init; }

    /// <summary>
    /// Images of one model that may wait, those being decoded included; 1 to 65536, default 0: 64, or four of the model's largest batches
    /// where that is more. Each takes 0.6 MB. The measured wait refuses requests that would be late long before; this bounds memory.
    /// </summary>
    [Range(0, 65536)]
    public int QueueCapacity { get; init; }

    /// <summary>
    /// Time that warm-up may spend on measuring one model; 0 to 1 minute, default 0.4 s. Every batch size in use is run whatever this says;
    /// more time only finds larger batches for slow models.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan WarmUpBudget { get; init; } = TimeSpan.FromSeconds(0.4);

    /// <summary>
    /// How often the store is looked at for new versions of loaded models; 1 second to 1 hour, default 5 s. It costs a directory listing.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StorePoll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><see cref="QueueCapacity"/> with its default filled in.</summary>
    internal int QueueCapacityFor(int largestBatch) => QueueCapacity > 0 ? QueueCapacity : Math.Max(64, 4 * largestBatch);
}
