using System.Runtime.InteropServices;

namespace TestKit;

/// <summary>A fact about machines on which CUDA cannot be used; where there is a driver it is reported as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NoCudaFactAttribute : FactAttribute
{
    public NoCudaFactAttribute()
    {
        if (NativeLibrary.TryLoad("libcuda.so.1", out _)) Skip = "There is an NVIDIA driver here.";
    }
}
