using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime.Providers;

/// <summary>Finds out whether a provider works, before a model is opened: its libraries first, then a convolution on every GPU.</summary>
internal static class ProviderProbe
{
    // An ONNX model of one node, a 1 × 1 convolution of [1, 1, 2, 2] by 2.0 without bias: the smallest that needs cuDNN.
    private const string Network =
        "CAg6oAEKOgoFaW5wdXQKBndlaWdodBIGb3V0cHV0GgRjb252IgRDb252KhUKDGtlcm5lbF9zaGFwZUABQAGgAQcSBXByb2JlKhgI" +
        "AQgBCAEIARABIgQAAABAQgZ3ZWlnaHRaHwoFaW5wdXQSFgoUCAESEAoCCAEKAggBCgIIAgoCCAJiIAoGb3V0cHV0EhYKFAgBEhAK" +
        "AggBCgIIAQoCCAIKAggCQgQKABAR";

    /// <summary>Returns if the plan's provider computes on all its devices.</summary>
    /// <exception cref="ProviderUnavailableException">It does not.</exception>
    public static void Try(RuntimePlan plan)
    {
        RequireLibraries(plan.Provider, IsBesideCore, NativeLibraries.Can);
        foreach (int device in plan.DeviceIds)
        {
            try
            {
                Run(plan, device);
            }
            catch (Exception failure) when (failure is OnnxRuntimeException or EntryPointNotFoundException or InvalidOperationException)
            {
                throw new ProviderUnavailableException(plan.Provider, device, failure);
            }
        }
    }

    /// <summary>Everything that is missing, so that one log line suffices to install it.</summary>
    internal static void RequireLibraries(ExecutionProvider provider, Func<string, bool> isBesideCore, Func<string, bool> canLoad)
    {
        ProviderLibrary[] missing =
        [
            .. ProviderLibrary.Bridges(provider).Where(library => !isBesideCore(library.Name)),
            .. ProviderLibrary.OfTheSystem(provider).Where(library => !canLoad(library.Name)),
        ];
        if (missing.Length > 0) throw new ProviderUnavailableException(provider, missing);
    }

    /// <summary>Computes 3 × 2; works on the CPU, too.</summary>
    internal static void Run(RuntimePlan plan, int device)
    {
        // Nothing is captured for a single run, and a trial needs no limit.
        RuntimePlan trial = plan with { Cuda = plan.Cuda with { Graphs = false, GpuMemoryLimit = 0 } };
        using SessionOptions settings = SessionSettings.Create(trial, device);
        using var session = new InferenceSession(Convert.FromBase64String(Network), settings);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory([3f, 3f, 3f, 3f], [1, 1, 2, 2]);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> output = session.Run(run, ["input"], [input], ["output"]);
        if (output[0].GetTensorDataAsSpan<float>()[0] is not 6f) throw new InvalidOperationException("3 × 2 did not give 6.");
    }

    private static bool IsBesideCore(string file) => NativeLibraries.Folders().Any(folder => File.Exists(Path.Combine(folder, file)));
}
