using System.Runtime.InteropServices;

namespace ModelStore;

/// <summary>
/// What native libraries must be told before they are loaded. On Unix .NET keeps a copy of the environment of its own, which they never read.
/// </summary>
public static partial class NativeEnvironment
{
    /// <summary>
    /// ONNX Runtime's Linux builds send usage data to their maker unless told not to before they are loaded, and 1.29, which the
    /// flavour with CUDA has, starts a shell to find an id for the machine, which crashes the process where there is none. A service that is asked about pictures tells nobody.
    /// </summary>
    public static void DisableOnnxRuntimeTelemetry() => Set("ORT_DISABLE_TELEMETRY", "1");

    /// <summary>
    /// Keeps glibc to two heaps, where it would make up to eight per core: decoder threads come and go, and each heap keeps what it once
    /// needed. Serving ResNet-50 to 16 clients took 376 MB resident instead of 542 MB, at the same speed. Call it before threads are
    /// started; other C libraries have no such heaps, and there it does nothing.
    /// </summary>
    public static void LimitNativeHeaps()
    {
        // M_ARENA_MAX of malloc.h.
        const int ArenaMax = -8;
        // M_MMAP_THRESHOLD: larger blocks are mapped and so given back when freed. Left alone, glibc raises it to 32 MB with the first
        // large block that is freed, and the weights of unloaded models then stay in its heaps.
        const int MapThreshold = -3;
        OnGlibc(() => SetMallocOption(ArenaMax, 2));
        OnGlibc(() => SetMallocOption(MapThreshold, 1 << 20));
    }

    /// <summary>Gives what the native heaps hold and nobody uses back to the system; some milliseconds. After loading and unloading a model.</summary>
    public static void ReturnFreeMemory() => OnGlibc(() => TrimHeaps(0));

    private static void OnGlibc(Func<int> call)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = call();
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library.
        }
    }

    private static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows() && SetNative(name, value, overwrite: 1) != 0)
            throw new InvalidOperationException($"The environment variable {name} could not be set.");
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeaps(nuint keep);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
