using System.Runtime.InteropServices;

namespace Imaging.Decoding.TurboJpeg;

/// <summary>Whether the machine has a libturbojpeg that can be used.</summary>
internal static class TurboJpegLibrary
{
    /// <summary>What is called, and the mark of version 2.0: older ones cannot stop at a warning.</summary>
    private static readonly string[] Required =
    [
        nameof(TurboJpegNative.tjInitDecompress), nameof(TurboJpegNative.tjDestroy), nameof(TurboJpegNative.tjDecompressHeader3),
        nameof(TurboJpegNative.tjDecompress2), "tjGetErrorCode",
    ];

    private static readonly Lazy<bool> Usable = new(Load);

    /// <summary>Looked up on the first call; later calls are free.</summary>
    public static bool IsUsable => Usable.Value;

    private static bool Load() =>
        NativeLibrary.TryLoad(TurboJpegNative.Library, typeof(TurboJpegLibrary).Assembly, null, out nint library)
        && Required.All(name => NativeLibrary.TryGetExport(library, name, out _));
}
