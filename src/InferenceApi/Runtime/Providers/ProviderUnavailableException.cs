namespace InferenceApi.Runtime.Providers;

/// <summary>A GPU provider cannot be used here. The message says what is missing and how to get it, in one sentence for people.</summary>
public sealed class ProviderUnavailableException : Exception
{
    internal ProviderUnavailableException(ExecutionProvider provider, IReadOnlyList<ProviderLibrary> missing)
        : base($"The {Name(provider)} provider cannot be used: {Names(missing)} missing; {Remedies(missing)}.") =>
        Missing = [.. missing.Select(library => library.Name)];

    internal ProviderUnavailableException(ExecutionProvider provider, int device, Exception cause)
        : base(
            $"The {Name(provider)} provider cannot be used: a trial run on GPU {device} failed: {cause.Message} " +
            "It needs an NVIDIA GPU, driver 580 or newer, CUDA 13 and cuDNN 9 in LD_LIBRARY_PATH, and a build with CUDA=1.",
            cause)
    {
    }

    /// <summary>File names of the libraries that are missing; empty where a trial run failed.</summary>
    public IReadOnlyList<string> Missing { get; } = [];

    private static string Name(ExecutionProvider provider) => provider == ExecutionProvider.TensorRt ? "TensorRT" : "CUDA";

    private static string Names(IReadOnlyList<ProviderLibrary> missing) =>
        string.Join(", ", missing.Select(library => library.Name)) + (missing.Count == 1 ? " is" : " are");

    private static string Remedies(IReadOnlyList<ProviderLibrary> missing) =>
        string.Join("; ", missing.Select(library => library.Remedy).Distinct());
}
