using System.Runtime.Intrinsics.X86;

namespace InferenceApi.Runtime.Providers;

/// <summary>Where int8 models are served: on processors that multiply bytes exactly and fast, which is VNNI on x86.</summary>
internal static class Int8Support
{
    private const int FeatureLeaf = 7;

    /// <summary>Bits of CPUID leaf 7: AVX512_VNNI in ECX of subleaf 0, AVX-VNNI in EAX of subleaf 1 (Intel SDM, volume 2, CPUID).</summary>
    private const int Avx512Vnni = 1 << 11, AvxVnni = 1 << 4;

    /// <summary>Whether this processor has AVX512-VNNI or AVX-VNNI and the system lets them be used.</summary>
    public static bool HasVnni { get; } =
        (Avx512BW.IsSupported && (X86Base.CpuId(FeatureLeaf, 0).Ecx & Avx512Vnni) != 0) ||
        (Avx2.IsSupported && (X86Base.CpuId(FeatureLeaf, 1).Eax & AvxVnni) != 0);

    /// <summary>Why int8 models are not served, for the operator; null where they are.</summary>
    /// <param name="onGpu">The models run on CUDA.</param>
    /// <param name="hasVnni">See <see cref="HasVnni"/>.</param>
    public static string? Refusal(bool onGpu, bool hasVnni) => (onGpu, hasVnni) switch
    {
        (true, _) => "ONNX Runtime has no kernels for it on CUDA. Serve the fp32 or the fp16 model there.",

        // Without VNNI the products of two bytes are summed in 16 bits, which saturate; other architectures were not measured.
        (false, false) => "this processor has no VNNI, so that it would be no faster and less exact. Serve the fp32 model here.",
        _ => null,
    };
}
