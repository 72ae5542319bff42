using System.Runtime.InteropServices;
using InferenceApi.Runtime.Providers;

namespace InferenceApi.Tests.Runtime.Providers;

public sealed class Int8SupportTests
{
    private static bool OnX64 =>
        RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    [Theory]
    [InlineData(true, true, "CUDA")]
    [InlineData(true, false, "CUDA")]
    [InlineData(false, false, "VNNI")]
    [InlineData(false, true, null)]
    public void Refusal_NamesTheReason(bool onGpu, bool hasVnni, string? reason)
    {
        string? refusal = Int8Support.Refusal(onGpu, hasVnni);
        if (reason is null) Assert.Null(refusal);
        else Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void HasVnni_IsWhatTheKernelSays()
    {
        if (!OnX64) Assert.False(Int8Support.HasVnni);
        else if (OperatingSystem.IsLinux())
        {
            bool expected = File.ReadAllText("/proc/cpuinfo").Split(' ', '\n').Any(flag => flag is "avx512_vnni" or "avx_vnni");
            Assert.Equal(expected, Int8Support.HasVnni);
        }
    }
}
