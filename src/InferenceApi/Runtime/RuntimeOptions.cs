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
    /// auto, cpu, cuda or tensorrt; default auto. Only auto falls back to the CPU; one that is named and cannot be used stops the start.
    /// </summary>
    public ExecutionProvider Provider { get; init; }

    /// <summary>
    /// GPUs by CUDA's numbers, each with sessions of its own; default none given, which is GPU 0. Ignored on the CPU.
    /// </summary>
    public IReadOnlyList<int> DeviceIds { get; init; } = [];

    /// <summary>
    /// Runs of one model, and of all models together, that may execute at once on the CPU or on each GPU; 1 to 64, default 0: 2 on a GPU,
    /// so that one batch is copied while another runs; on the CPU the service adapts: fewer images than cores run together on all cores,
    /// more run one on each core. A number fixes it: as many runs on the CPU at once, each on <see cref="IntraOpThreads"/> threads.
    /// However many there are, they share one copy of the weights on the CPU.
    /// </summary>
    [Range(0, 64)]
    public int Sessions { get; init; }

    /// <summary>
    /// Threads of one run; 0 to 256, default 0: on the CPU the cores this process may use divided by <see cref="Sessions"/>, on a GPU 1,
    /// for nothing is computed there by threads. Where <see cref="Sessions"/> is 0 it is the number of cores to adapt to. Set it where the
    /// container's CPU limit is lower than what the runtime sees.
    /// </summary>
    [Range(0, 256)]
    public int IntraOpThreads { get; init; }

    /// <summary>
    /// Most images in one run; 1 to 256, default 0: 8 on the CPU, 64 on a GPU. Warm-up lowers it per model to where throughput stops
    /// improving, so it need only be large enough; activations grow with it.
    /// </summary>
    [Range(0, 256)]
    public int MaxBatch { get; init; }

    /// <summary>
    /// Whether idle threads of a run wait by spinning; default false. Spinning steals the cores that decode pictures; try true only
    /// where the cores are reserved and decoding happens elsewhere.
    /// </summary>
    public bool AllowSpinning { get; init; }

    /// <summary>
    /// Folder of optimised graphs, which make a cold start faster; default null: none are kept, and where the service adapts, those of
    /// loaded models lie in the system's temporary folder, unlinked. As large as the weights; removed when unused for a week. Used on the
    /// CPU only. It must be writable by the service alone, because a graph in it is run without a manifest to check it against; a folder
    /// others may write is not used.
    /// </summary>
    public string? OptimizedGraphCache { get; init; }

    /// <summary>Only looked at where a GPU is used.</summary>
    public CudaOptions Cuda { get; init; } = new();

    /// <summary>What is decided for that provider.</summary>
    /// <param name="provider">A provider that exists: not <see cref="ExecutionProvider.Auto"/>.</param>
    public RuntimePlan For(ExecutionProvider provider) => new(this, provider);

    /// <summary>What the attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Enum.IsDefined(Provider))
            yield return new ValidationResult("Runtime:Provider must be auto, cpu, cuda or tensorrt.", [nameof(Provider)]);
        bool eachOnce = DeviceIds.Distinct().Count() == DeviceIds.Count;
        if (DeviceIds.Count > MostDevices || !eachOnce || DeviceIds.Any(id => id is < 0 or >= MostDevices))
        {
            yield return new ValidationResult(
                $"Runtime:DeviceIds must be different numbers from 0 to {MostDevices - 1}.", [nameof(DeviceIds)]);
        }

        var nested = new List<ValidationResult>();
        if (!Validator.TryValidateObject(Cuda, new ValidationContext(Cuda), nested, validateAllProperties: true))
        {
            foreach (ValidationResult result in nested) yield return result;
        }
    }
}
