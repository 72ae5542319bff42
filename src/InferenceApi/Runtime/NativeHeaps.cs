using System.Runtime.InteropServices;

namespace InferenceApi.Runtime;

/// <summary>
/// How glibc's heaps, where native libraries allocate, keep what was freed. With other C libraries the calls do nothing. The export tool,
/// which runs networks too, compiles this file as well.
/// </summary>
internal static partial class NativeHeaps
{
    /// <summary>
    /// Keeps glibc to two heaps, where it would make up to eight per core: decoder threads come and go, and each heap keeps what it once
    /// needed. Serving ResNet-50 to 16 clients took 376 MB resident instead of 542 MB, at the same speed. Call it before threads are
    /// started.
    /// </summary>
    public static void Limit()
    {
        // M_ARENA_MAX of malloc.h.
        const int ArenaMax = -8;
        // M_MMAP_THRESHOLD: larger blocks are mapped and so given back when freed. Left alone, glibc raises it to 32 MB with the first
        // large block that is freed, and the weights of unloaded models then stay in its heaps.
        const int MapThreshold = -3;
        OnGlibc(() => SetMallocOption(ArenaMax, 2));
        OnGlibc(() => SetMallocOption(MapThreshold, 1 << 20));
    }

    /// <summary>
    /// Returns unused heap memory to the system; takes some milliseconds. Called after loading and unloading a model.
    /// </summary>
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

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeaps(nuint keep);
}
