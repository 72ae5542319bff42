using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime;

/// <summary>Finds out whether a provider works, before a model is opened: its libraries first, then a convolution on every GPU.</summary>
internal static class ProviderProbe
{
    // An ONNX model of one node, a 1 × 1 convolution of [1, 1, 2, 2] by 2.0 without bias: the smallest that needs cuDNN.
    private const string Network =
        "CAg6oAEKOgoFaW5wdXQKBndlaWdodBIGb3V0cHV0GgRjb252IgRDb252KhUKDGtlcm5lbF9zaGFwZUABQAGgAQcSBXByb2JlKhgI" +
        "AQgBCAEIARABIgQAAABAQgZ3ZWlnaHRaHwoFaW5wdXQSFgoUCAESEAoCCAEKAggBCgIIAgoCCAJiIAoGb3V0cHV0EhYKFAgBEhAK" +
        "AggBCgIIAQoCCAIKAggCQgQKABAR";

    /// <summary>Returns if the options' provider computes on all its devices.</summary>
    /// <exception cref="ProviderUnavailableException">It does not.</exception>
    public static void Try(RuntimeOptions options)
    {
        RequireLibraries(options.Provider, IsBesideCore, NativeLoad.Can);
        foreach (int device in options.DeviceIds)
        {
            try
            {
                Run(options, device);
            }
            catch (Exception failure) when (failure is OnnxRuntimeException or EntryPointNotFoundException or InvalidOperationException)
            {
                throw new ProviderUnavailableException(options.Provider, device, failure);
            }
        }
    }

    /// <summary>All that is missing at once: finding libraries one by one is a long evening.</summary>
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
    internal static void Run(RuntimeOptions options, int device)
    {
        // Nothing is captured for a single run, and a trial needs no limit.
        using SessionOptions settings = SessionSettings.Create(options with { Cuda = options.Cuda with { Graphs = false, GpuMemoryLimit = 0 } }, device);
        using var session = new InferenceSession(Convert.FromBase64String(Network), settings);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory([3f, 3f, 3f, 3f], [1, 1, 2, 2]);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> output = session.Run(run, ["input"], [input], ["output"]);
        if (output[0].GetTensorDataAsSpan<float>()[0] is not 6f) throw new InvalidOperationException("3 × 2 did not give 6.");
    }

    private static bool IsBesideCore(string file) => NativeLoad.Folders().Any(folder => File.Exists(Path.Combine(folder, file)));
}
