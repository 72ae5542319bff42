using System.Runtime.InteropServices;

namespace InferenceApi.Runtime.Gpu;

/// <summary>
/// The few calls of CUDA's runtime that ONNX Runtime's managed API does not offer: page-locked and device memory at fixed addresses, and
/// copies between them. Called only once the CUDA provider was found to work.
/// </summary>
internal static partial class CudaRuntime
{
    private const string Library = "libcudart.so.13";

    // cudaErrorMemoryAllocation, cudaMemcpyDefault (the direction follows from the addresses) and cudaHostAllocPortable of driver_types.h.
    private const int MemoryAllocation = 2, CopyDefault = 4;
    private const uint HostAllocPortable = 1;

    // cudaStreamCaptureModeRelaxed.
    private const int CaptureRelaxed = 2;

    [ThreadStatic]
    private static bool _threadRelaxed;

    /// <summary>
    /// Lets this thread allocate and copy while another captures a graph, as ONNX Runtime does in CUDA's global mode: by default such a
    /// call would fail and ruin the other's capture. What happens here touches no capturing stream.
    /// </summary>
    public static unsafe void AllowDuringCapture()
    {
        if (_threadRelaxed) return;
        int mode = CaptureRelaxed;
        Check(cudaThreadExchangeStreamCaptureMode(&mode), "cudaThreadExchangeStreamCaptureMode");
        _threadRelaxed = true;
    }

    /// <summary>Page-locked host memory: copied by the device itself, at the bus's full rate.</summary>
    public static unsafe nint AllocateHost(long bytes)
    {
        nint address;
        AllowDuringCapture();
        Check(cudaHostAlloc(&address, (nuint)bytes, HostAllocPortable), "cudaHostAlloc");
        return address;
    }

    /// <summary>Device memory, zeroed.</summary>
    public static unsafe nint AllocateDevice(int device, long bytes)
    {
        nint address;
        AllowDuringCapture();
        Check(cudaSetDevice(device), "cudaSetDevice");
        Check(cudaMalloc(&address, (nuint)bytes), "cudaMalloc");
        Check(cudaMemset(address, 0, (nuint)bytes), "cudaMemset");
        return address;
    }

    /// <summary>Returns when the copy is made.</summary>
    public static void Copy(nint to, nint from, long bytes)
    {
        AllowDuringCapture();
        Check(cudaMemcpy(to, from, (nuint)bytes, CopyDefault), "cudaMemcpy");
    }

    public static void FreeHost(nint address) => _ = cudaFreeHost(address);

    public static void FreeDevice(nint address) => _ = cudaFree(address);

    /// <summary>Bytes free and in all on a device.</summary>
    public static unsafe (long Free, long Total) Memory(int device)
    {
        nuint free, total;
        Check(cudaSetDevice(device), "cudaSetDevice");
        Check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
        return ((long)free, (long)total);
    }

    private static void Check(int status, string call)
    {
        if (status == 0) return;
        string reason = Marshal.PtrToStringAnsi(cudaGetErrorString(status)) ?? $"error {status}";
        if (status == MemoryAllocation) throw new DeviceMemoryException($"{call}: {reason}");
        throw new InvalidOperationException($"{call}: {reason}");
    }

    [LibraryImport(Library)]
    private static unsafe partial int cudaThreadExchangeStreamCaptureMode(int* mode);

    [LibraryImport(Library)]
    private static partial int cudaSetDevice(int device);

    [LibraryImport(Library)]
    private static unsafe partial int cudaHostAlloc(nint* address, nuint bytes, uint flags);

    [LibraryImport(Library)]
    private static unsafe partial int cudaMalloc(nint* address, nuint bytes);

    [LibraryImport(Library)]
    private static partial int cudaMemset(nint address, int value, nuint bytes);

    [LibraryImport(Library)]
    private static partial int cudaMemcpy(nint to, nint from, nuint bytes, int kind);

    [LibraryImport(Library)]
    private static partial int cudaFreeHost(nint address);

    [LibraryImport(Library)]
    private static partial int cudaFree(nint address);

    [LibraryImport(Library)]
    private static unsafe partial int cudaMemGetInfo(nuint* free, nuint* total);

    [LibraryImport(Library)]
    private static partial nint cudaGetErrorString(int error);
}
