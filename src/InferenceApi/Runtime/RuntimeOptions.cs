using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Runtime;

/// <summary>
/// How models are asked to run on this machine; <see cref="RuntimePlan"/> is what is decided. Measured choices and their reasons are in
/// docs/adr/0003-sessions-threads-batch.md and docs/adr/0009-gpu.md. Zeros mean "what suits the provider".
/// </summary>
public sealed record RuntimeOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Runtime";

    private const int MostDevices = 64;

    /// <summary>
    /// What computes the networks. Auto is CUDA where it can be used, else the CPU with a warning; one that is named and cannot be used
    /// stops the start.
    /// </summary>
    public ExecutionProvider Provider { get; init; }

    /// <summary>GPUs to use, by CUDA's numbers, each with sessions of its own; none: the first. Ignored on the CPU.</summary>
    public IReadOnlyList<int> DeviceIds { get; init; } = [];

    /// <summary>
    /// Runs at once, over all models together, on the CPU or on each GPU; 0: 2 on a GPU, so that one batch is copied while another runs; on
    /// the CPU fewer images than cores run together on all cores, more run one on each core. A number fixes it: as many runs at once, each
    /// on <see cref="IntraOpThreads"/> threads. All share one copy of the weights on the CPU.
    /// </summary>
    [Range(0, 64)]
    public int Sessions { get; init; }

    /// <summary>
    /// Threads of one run; 0: on the CPU the cores that this process may use divided by <see cref="Sessions"/>, on a GPU 1. Where
    /// <see cref="Sessions"/> is 0 it is the number of cores to adapt to. Set it where the CPU limit of the container is lower than what
    /// .NET sees.
    /// </summary>
    [Range(0, 256)]
    public int IntraOpThreads { get; init; }

    /// <summary>
    /// Most images in one run; 0: 8 on the CPU, 64 on a GPU. Warm-up lowers it for each model to where throughput stops growing.
    /// Activations grow with it.
    /// </summary>
    [Range(0, 256)]
    public int MaxBatch { get; init; }

    /// <summary>Whether idle threads of a run wait by spinning. They then take the cores that prepare pictures.</summary>
    public bool AllowSpinning { get; init; }

    /// <summary>
    /// A run that takes longer, and longer than fifty times what was measured, is given up: its images are answered 503, and another
    /// instance is opened in place of the one that hangs. On a CPU a run of the warm-up has four times as long; then the load fails.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RunTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Folder of optimised graphs, as large as the weights: a faster start, and replicas on one machine share the memory of the weights.
    /// Used on the CPU only. It must be writable by the service alone, because a graph in it is run without a manifest to check it against.
    /// Entries are removed when unused for a week. None: the graphs pass through the temporary folder of the system at each load.
    /// </summary>
    public string? OptimizedGraphCache { get; init; }

    /// <summary>Used on a GPU only.</summary>
    public CudaOptions Cuda { get; init; } = new();

    /// <summary>What is decided for that provider.</summary>
    /// <param name="provider">A provider that exists: not <see cref="ExecutionProvider.Auto"/>.</param>
    public RuntimePlan For(ExecutionProvider provider) => new(this, provider);

    /// <summary>What the attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        bool eachOnce = DeviceIds.Distinct().Count() == DeviceIds.Count;
        if (DeviceIds.Count > MostDevices || !eachOnce || DeviceIds.Any(id => id is < 0 or >= MostDevices))
        {
            yield return new ValidationResult(
                $"Runtime:DeviceIds is '{string.Join(", ", DeviceIds)}'; allowed: different numbers from 0 to {MostDevices - 1}.",
                [nameof(DeviceIds)]);
        }
    }
}
