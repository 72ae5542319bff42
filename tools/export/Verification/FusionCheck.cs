using Export.Pictures;
using Export.Runtime;

namespace Export.Verification;

/// <summary>
/// Checks that ONNX Runtime computes a network in bytes from end to end. A graph that it does not fuse gives the same answers, slower than
/// float32; so the kernels that ran are counted, not the nodes of the file.
/// </summary>
internal static class FusionCheck
{
    /// <summary>Kernels that compute in float32 what was meant for bytes.</summary>
    private static readonly string[] FloatKernels =
        ["Conv", "FusedConv", "NhwcFusedConv", "Gemm", "FusedGemm", "MatMul", "Add", "MaxPool", "GlobalAveragePool"];

    /// <summary>Runs one picture and checks the kernels.</summary>
    /// <param name="path">The int8 file; the profile is written beside it and removed.</param>
    /// <exception cref="NetworkCheckException">Names the kernels that should not be there.</exception>
    public static void Run(string path)
    {
        using NetworkSession session = new(path, profile: path + ".profile");
        session.Logits(GeneratedPictures.Patterns(1, session.Side).Single().Values);
        IReadOnlyList<string> kernels = session.EndProfile();
        Check(path, kernels);
    }

    /// <summary>Judges the kernels of one run.</summary>
    internal static void Check(string path, IReadOnlyList<string> kernels)
    {
        string[] slow = [.. kernels.Intersect(FloatKernels)];
        if (slow.Length > 0) throw new NetworkCheckException($"{path}: ONNX Runtime computes {string.Join(", ", slow)} in float32.");
        int entries = kernels.Count(kernel => kernel == "QuantizeLinear");
        if (entries > 1)
            throw new NetworkCheckException($"{path}: ONNX Runtime goes from float32 to bytes {entries} times; expected once.");
    }
}
