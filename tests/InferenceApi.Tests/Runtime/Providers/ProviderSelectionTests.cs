using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging;
using TestKit;

namespace InferenceApi.Tests.Runtime.Providers;

public sealed class ProviderSelectionTests
{
    private readonly LogLines _log = new();

    [Fact]
    public void Auto_OnAMachineWithADriverAndABuildWithCuda_FallsBackWithOneWarningThatSaysWhatIsMissing()
    {
        RuntimePlan chosen = ProviderSelection.Choose(new RuntimeOptions { IntraOpThreads = 1 }, Fails, _log);

        Assert.Equal((ExecutionProvider.Cpu, 1, 8, false), (chosen.Provider, chosen.Instances, chosen.MaxBatch, chosen.OnGpu));
        string warning = Assert.Single(_log.Lines, line => line.Level == LogLevel.Warning).Text;
        foreach (string part in (
            string[])["libcublasLt.so.13", "libcudnn.so.9", "CUDA 13", "cuDNN 9", "LD_LIBRARY_PATH", "Models run on the CPU"])
            Assert.Contains(part, warning);
    }

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(false, true, "with CUDA=1 it would use the GPU")]
    [InlineData(true, false, "No NVIDIA driver")]
    public void Auto_WithoutDriverOrBuild_FallsBackWithoutAWarning(bool built, bool driven, string? said)
    {
        RuntimePlan chosen = ProviderSelection.Choose(
            new RuntimeOptions { IntraOpThreads = 1 },
            options => ProviderProbe.RequireLibraries(options.Provider, _ => built, name => driven && name == "libcuda.so.1"), _log);

        Assert.Equal(ExecutionProvider.Cpu, chosen.Provider);
        Assert.All(_log.Lines, line => Assert.Equal(LogLevel.Information, line.Level));
        Assert.Equal(said is null ? 1 : 2, _log.Lines.Count);
        if (said is not null) Assert.Contains(said, _log.Lines[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExecutionProvider.Cuda)]
    [InlineData(ExecutionProvider.TensorRt)]
    public void NamedProvider_ThatIsMissing_IsAnError(ExecutionProvider provider)
    {
        Assert.Throws<ProviderUnavailableException>(
            () => ProviderSelection.Choose(new RuntimeOptions { Provider = provider }, Fails, _log));
        Assert.DoesNotContain(_log.Lines, line => line.Text.Contains("Models run on the CPU", StringComparison.Ordinal));
    }

    [Fact]
    public void Auto_WithCuda_UsesItWithAGpusDefaults()
    {
        RuntimePlan? probed = null;
        RuntimePlan chosen = ProviderSelection.Choose(new RuntimeOptions { DeviceIds = [1, 3] }, options => probed = options, _log);

        Assert.Same(probed, chosen);
        Assert.Equal((ExecutionProvider.Cuda, 2, 64, 1), (chosen.Provider, chosen.Instances, chosen.MaxBatch, chosen.Threads));
        Assert.Equal([1, 3], chosen.DeviceIds);
        Assert.Contains("Cuda on GPU 1, 3", Assert.Single(_log.Lines).Text);
    }

    [Fact]
    public void Cpu_IsNotProbed()
    {
        RuntimePlan chosen = ProviderSelection.Choose(new RuntimeOptions { Provider = ExecutionProvider.Cpu }, Fails, _log);

        Assert.Equal(ExecutionProvider.Cpu, chosen.Provider);
        Assert.DoesNotContain(_log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData(0, 4, true, 4, 4)]
    [InlineData(0, 1, false, 1, 1)]
    [InlineData(3, 2, false, 3, 2)]
    [InlineData(1, 4, false, 1, 4)]
    public void OnTheCpu_TheServiceAdapts_UnlessTheNumberOfSessionsIsGiven(
        int sessions, int threads, bool adapts, int slots, int threadsOfARun)
    {
        RuntimePlan chosen = new RuntimeOptions { Sessions = sessions, IntraOpThreads = threads }.For(ExecutionProvider.Cpu);

        Assert.Equal((adapts, slots, threadsOfARun), (chosen.IsAdaptive, chosen.ComputeSlots, chosen.Threads));
    }

    [Fact]
    public void EveryLibrary_IsNamedOnceWithItsRemedy()
    {
        var failure = Assert.Throws<ProviderUnavailableException>(
            () => ProviderProbe.RequireLibraries(ExecutionProvider.TensorRt, _ => false, _ => false));

        foreach (string part in (
            string[])["libonnxruntime_providers_cuda.so", "libonnxruntime_providers_tensorrt.so", "eng/cuda-feed/pack.sh", "libcuda.so.1",
            "580 or newer", "libcudart.so.13", "libcublas.so.13", "libcurand.so.10", "libcudnn.so.9", "libnvinfer.so.10"])
        {
            Assert.Equal(2, failure.Message.Split(part).Length);
        }
    }

    [Fact]
    public void NothingMissing_IsNoFailure() => ProviderProbe.RequireLibraries(ExecutionProvider.TensorRt, _ => true, _ => true);

    [Fact]
    public void TrialNetwork_ComputesOnTheCpu() => ProviderProbe.Run(new RuntimeOptions().For(ExecutionProvider.Cpu), 0);

    [Fact]
    public void CudaOptions_HaveOnnxRuntimesNames()
    {
        var options = new CudaOptions { GpuMemoryLimit = 1L << 33, ConvolutionSearch = CudnnSearch.Heuristic, PreferNhwc = true };

        Dictionary<string, string> named = options.ForDevice(3);

        Assert.Equal("3", named["device_id"]);
        Assert.Equal("0", named["use_tf32"]);
        Assert.Equal("HEURISTIC", named["cudnn_conv_algo_search"]);
        Assert.Equal("kSameAsRequested", named["arena_extend_strategy"]);
        Assert.Equal("8589934592", named["gpu_mem_limit"]);
        Assert.Equal("1", named["prefer_nhwc"]);
        Assert.Equal("1", named["enable_cuda_graph"]);
        Assert.DoesNotContain("gpu_mem_limit", new CudaOptions().ForDevice(0).Keys);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1)]
    [InlineData(64)]
    public void DeviceIdsThatCannotBe_AreRefused(params int[] devices)
    {
        var options = new RuntimeOptions { DeviceIds = devices };

        Assert.Contains(options.Validate(new(options)), result => result.ErrorMessage!.Contains("DeviceIds", StringComparison.Ordinal));
    }

    private static void Fails(RuntimePlan plan) =>
        ProviderProbe.RequireLibraries(plan.Provider, _ => true, name => name is not ("libcublasLt.so.13" or "libcudnn.so.9"));
}
