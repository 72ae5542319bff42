using System.Runtime.InteropServices;

namespace Imaging.Decoding.TurboJpeg;

/// <summary>
/// The TurboJPEG entry points in use; version 2 of the C API, which libjpeg-turbo 3 keeps. Names and meanings are its own. Only
/// called where <see cref="TurboJpegLibrary.IsUsable"/>.
/// </summary>
internal static unsafe partial class TurboJpegNative
{
    /// <summary>Beside the program or where the system's linker looks (Debian's libturbojpeg0, Ubuntu's libturbojpeg).</summary>
    public const string Library = "libturbojpeg.so.0";

    [LibraryImport(Library)]
    public static partial nint tjInitDecompress();

    [LibraryImport(Library)]
    public static partial int tjDestroy(nint handle);

    [LibraryImport(Library)]
    public static partial int tjDecompressHeader3(
        nint handle, byte* encoded, CULong length, int* width, int* height, int* subsampling, int* colorSpace);

    [LibraryImport(Library)]
    public static partial int tjDecompress2(
        nint handle, byte* encoded, CULong length, byte* pixels, int width, int pitch, int height, int pixelFormat, int flags);
}
