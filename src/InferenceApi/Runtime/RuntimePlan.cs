namespace InferenceApi.Runtime;

/// <summary>
/// How models run in this process: <see cref="RuntimeOptions"/> resolved once for a provider, with every default filled in.
/// </summary>
public sealed record RuntimePlan
{
    private const int CpuBatch = 8, GpuBatch = 64, GpuInstances = 2;

    /// <param name="options">As written.</param>
    /// <param name="provider">One that exists: not <see cref="ExecutionProvider.Auto"/>.</param>
    internal RuntimePlan(RuntimeOptions options, ExecutionProvider provider)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)provider, (int)ExecutionProvider.Auto);
        Provider = provider;
        OnGpu = provider is not ExecutionProvider.Cpu;
        DeviceIds = OnGpu && options.DeviceIds.Count > 0 ? options.DeviceIds : [0];
        Threads = options.IntraOpThreads > 0 ? options.IntraOpThreads
            : OnGpu ? 1 : Math.Max(1, Environment.ProcessorCount / Math.Max(1, options.Sessions));
        IsAdaptive = !OnGpu && options.Sessions == 0 && Threads > 1;
        Instances = options.Sessions > 0 ? options.Sessions : OnGpu ? GpuInstances : IsAdaptive ? Threads : 1;
        MaxBatch = options.MaxBatch > 0 ? options.MaxBatch : OnGpu ? GpuBatch : CpuBatch;
        AllowSpinning = options.AllowSpinning;
        RunTimeout = options.RunTimeout;
        OptimizedGraphCache = options.OptimizedGraphCache;
        // TensorRT would capture its own; ONNX Runtime's graphs need every node on the one provider.
        Cuda = provider == ExecutionProvider.TensorRt ? options.Cuda with { Graphs = false } : options.Cuda;
    }

    public ExecutionProvider Provider { get; }

    public bool OnGpu { get; }

    /// <summary>GPUs by CUDA's numbers, at least one; [0] on the CPU.</summary>
    public IReadOnlyList<int> DeviceIds { get; }

    /// <summary>Whether runs on all cores and runs on one core each take turns, by how many images wait.</summary>
    public bool IsAdaptive { get; }

    /// <summary>
    /// Runs of one model that execute at once, on the CPU or on each GPU; at least 1. On the CPU one for each core where it adapts.
    /// </summary>
    public int Instances { get; }

    /// <summary>Compute slots of each device: what executes at once over all models; at least 1.</summary>
    public int ComputeSlots => Instances;

    /// <summary>Threads of one run that is alone; at least 1.</summary>
    public int Threads { get; init; }

    /// <summary>Most images in one run.</summary>
    public int MaxBatch { get; }

    /// <summary>The sizes that GPU runs are made at.</summary>
    public BatchSizes BatchSizes => BatchSizes.Gpu(MaxBatch);

    /// <summary>Most images in a run on all cores: from as many as there are cores on, each core has its own.</summary>
    public int MaxBatchOnAllCores => Math.Min(MaxBatch, Threads - 1);

    /// <summary>Input rows that a model's instances on the CPU hold together.</summary>
    public int Rows => IsAdaptive ? MaxBatchOnAllCores + Instances : Instances * MaxBatch;

    /// <summary>How runs share the cores of the CPU, in words.</summary>
    public string CpuRuns => IsAdaptive
        ? $"fewer images than {ComputeSlots} run on all cores, more run one on each core"
        : $"{Instances} runs at once, {Threads} threads each, batches up to {MaxBatch}";

    public bool AllowSpinning { get; }

    /// <inheritdoc cref="RuntimeOptions.RunTimeout"/>
    public TimeSpan RunTimeout { get; }

    public string? OptimizedGraphCache { get; }

    public CudaOptions Cuda { get; init; }
}
