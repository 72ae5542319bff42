using System.Runtime.InteropServices;

namespace Imaging.Decoding.Vips;

/// <summary>
/// Loads libvips once per process and narrows it down: one thread per image (requests run in parallel, images do not), no operation
/// cache, no loader but those of <see cref="VipsLoader"/>, no log output.
/// </summary>
internal static unsafe class VipsLibrary
{
    /// <summary>
    /// Base class names of loaders that no upload may reach, beside those that libvips itself marks untrusted; the decoder never names
    /// them, so this is a second lock. GIF is read by our own <c>GifRows</c>.
    /// </summary>
    private static readonly string[] BlockedLoaders =
    [
        "VipsForeignLoadCsv", "VipsForeignLoadMatrix", "VipsForeignLoadRaw", "VipsForeignLoadVips", "VipsForeignLoadPpm",
        "VipsForeignLoadRad", "VipsForeignLoadAnalyze", "VipsForeignLoadNsgif", "VipsForeignLoadSvg", "VipsForeignLoadPdf",
        "VipsForeignLoadMagick", "VipsForeignLoadUhdr", "VipsForeignLoadJxl", "VipsForeignLoadJp2k", "VipsForeignLoadFits",
        "VipsForeignLoadOpenexr", "VipsForeignLoadOpenslide", "VipsForeignLoadMat", "VipsForeignLoadNifti", "VipsForeignSave",
    ];

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads and configures the library on the first call; later calls are free.</summary>
    /// <exception cref="DllNotFoundException">Package NetVips.Native put no library for this platform beside the program.</exception>
    /// <exception cref="InvalidOperationException">
    /// The library cannot start, or its layout is not the one this code was written for.
    /// </exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        // Other libraries of this assembly are left to the runtime (0).
        NativeLibrary.SetDllImportResolver(typeof(VipsLibrary).Assembly, static (name, assembly, path) =>
            name == VipsNative.Library ? NativeLibrary.Load(VipsNative.FileName, assembly, path) : 0);
        VipsNative.g_log_set_default_handler(&DiscardLog, 0);
        if (VipsNative.vips_init("inference-service") != 0) throw new InvalidOperationException("libvips cannot start.");
        VipsNative.g_log_set_default_handler(&DiscardLog, 0);
        VipsNative.vips_concurrency_set(1);
        VipsNative.vips_cache_set_max(0);
        VipsNative.vips_block_untrusted_set(1);
        foreach (string loader in BlockedLoaders) VipsNative.vips_operation_block_set(loader, 1);
        // libvips marks the HEIF loader untrusted as a whole; AVIF is wanted, and HEIC is kept out by the signature.
        VipsNative.vips_operation_block_set("VipsForeignLoadHeif", 0);
        CheckRegionLayout();
        return true;
    }

    [UnmanagedCallersOnly]
    private static void DiscardLog(nint domain, int level, nint message, nint data)
    {
    }

    /// <summary>
    /// Reads a known image through the region structure, so that another layout is an error at start and not a wild read.
    /// </summary>
    private static void CheckRegionLayout()
    {
        byte* pixels = stackalloc byte[] { 1, 2, 3, 4, 5, 6 };
        nint image = VipsNative.vips_image_new_from_memory(pixels, 6, 3, 2, 1, 0);
        VipsRegion* region = (VipsRegion*)VipsNative.vips_region_new(image);
        VipsRect area = new() { Left = 0, Top = 0, Width = 3, Height = 2 };
        bool same = VipsNative.vips_region_prepare(region, &area) == 0
            && region->Image == image
            && region->Valid is { Left: 0, Top: 0, Width: 3, Height: 2 }
            && region->BytesPerLine == 3
            && region->Data == pixels;
        VipsNative.g_object_unref((nint)region);
        VipsNative.g_object_unref(image);
        if (!same)
        {
            int major = VipsNative.vips_version(0), minor = VipsNative.vips_version(1);
            throw new InvalidOperationException($"libvips {major}.{minor} has another region layout than the 8.18 this was written for.");
        }
    }
}
