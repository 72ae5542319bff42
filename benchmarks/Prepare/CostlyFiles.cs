using System.Runtime.InteropServices;
using Imaging.Decoding.Vips;
using Imaging.Tests;

namespace Benchmarks.Prepare;

/// <summary>
/// Pictures of one colour, whose pixels cost and whose bytes do not, and of noise, whose bytes cost; most are written by libvips.
/// </summary>
internal static unsafe partial class CostlyFiles
{
    private const int FlatSide = 4096, NoiseSide = 1024;

    /// <summary>VipsBandFormat and VipsInterpretation members.</summary>
    private const int UChar = 0, UShort = 2, Cmyk = 15, Rgb16 = 25;

    /// <summary>As <see cref="VipsNative.FileName"/> is on Linux.</summary>
    private const string Library = "libvips.so.42";

    private static readonly string[] Colours =
    [
        ".jpg[Q=75]", ".jpg[Q=100,subsample-mode=off]", ".jpg[Q=75,interlace=true]", ".jpg[Q=100,subsample-mode=off,interlace=true]",
        ".png[compression=1]", ".png[compression=1,interlace=true]", ".png[palette=true,bitdepth=1]", ".webp[Q=75,effort=0]",
        ".webp[lossless=true,effort=0]", ".webp[lossless=true,effort=4]", ".avif[Q=50,effort=0]", ".avif[Q=95,effort=0,subsample-mode=off]",
        ".avif[Q=95,effort=0,subsample-mode=off,bitdepth=10]", ".avif[Q=95,effort=4,bitdepth=12]", ".avif[lossless=true,effort=0]", ".tif",
        ".tif[compression=lzw]", ".tif[compression=lzw,predictor=horizontal]", ".tif[compression=deflate]", ".tif[compression=packbits]",
        ".tif[compression=jpeg]", ".tif[tile=true,compression=deflate]",
        ".tif[tile=true,tile-width=1024,tile-height=1024,compression=deflate]",
    ];

    private static readonly string[] Deep =
        [".png[compression=1]", ".png[compression=1,interlace=true]", ".tif[compression=deflate]"];

    private static readonly string[] Inks =
        [".jpg[Q=100,subsample-mode=off]", ".jpg[Q=100,subsample-mode=off,interlace=true]", ".tif[compression=deflate]"];

    public static IEnumerable<(string Name, byte[] File)> Make()
    {
        VipsLibrary.EnsureLoaded();
        VipsNative.vips_operation_block_set("VipsForeignSave", 0);
        IEnumerable<(string, byte[])> saved = Saved("", Colours, 3, UChar, 0).Concat(Saved("16 bit", Deep, 3, UShort, Rgb16))
            .Concat(Saved("16 bit and alpha", Deep[..2], 4, UShort, Rgb16)).Concat(Saved("CMYK", Inks, 4, UChar, Cmyk))
            .Concat(Saved("alpha", [".webp[Q=75,effort=0]", ".avif[effort=0]"], 4, UChar, 0));
        return Written().Concat(saved);
    }

    private static IEnumerable<(string Name, byte[] File)> Written()
    {
        foreach (int scans in (int[])[1, 2, 10, 50, 100])
        {
            yield return ($"JPEG, {scans} empty scans", CostlyPictures.EmptyScans(FlatSide, scans));
            yield return ($"JPEG, {scans} empty refining scans", CostlyPictures.EmptyScans(FlatSide, scans, refining: true));
        }

        yield return ("WebP in 28 bytes", CostlyPictures.WebP(FlatSide, FlatSide));
        foreach (bool interlaced in (bool[])[false, true])
            yield return ($"GIF{(interlaced ? ", interlaced" : "")}", CostlyPictures.Gif(FlatSide, interlaced));
        byte[] small = CostlyPictures.WithSize(Save(".avif[effort=0]", noise: false, 3, UChar, 0), 64, 64);
        yield return ("AVIF that says it is 64 x 64", small);
    }

    private static IEnumerable<(string Name, byte[] File)> Saved(string kind, string[] suffixes, int bands, int format, int interpretation)
    {
        foreach (string suffix in suffixes)
        {
            foreach (bool noise in (bool[])[false, true])
                yield return (
                    $"{kind} {suffix}, {(noise ? "noise" : "one colour")}".Trim(), Save(suffix, noise, bands, format, interpretation));
        }
    }

    private static byte[] Save(string suffix, bool noise, int bands, int format, int interpretation)
    {
        int side = noise ? NoiseSide : FlatSide;
        byte[] pixels = new byte[side * side * bands * (format == UShort ? 2 : 1)];
        if (noise) new Random(1).NextBytes(pixels);
        fixed (byte* data = pixels)
        {
            nint image = VipsNative.vips_image_new_from_memory(data, (nuint)pixels.Length, side, side, bands, format);
            if (interpretation != 0) SetInterpretation(image, interpretation);
            byte* file;
            nuint length;
            int failed = SaveTo(image, suffix, &file, &length, 0);
            VipsNative.g_object_unref(image);
            if (failed != 0) throw new InvalidOperationException($"libvips cannot write {suffix}.");
            byte[] saved = new ReadOnlySpan<byte>(file, (int)length).ToArray();
            Free(file);
            return saved;
        }
    }

    private static void SetInterpretation(nint image, int interpretation)
    {
        GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.g_type_from_name("VipsInterpretation"));
        VipsNative.g_value_set_enum(&value, interpretation);
        VipsNative.g_object_set_property(image, "interpretation", &value);
        VipsNative.g_value_unset(&value);
    }

    [LibraryImport(Library, EntryPoint = "vips_image_write_to_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SaveTo(nint image, string suffix, byte** file, nuint* length, nint end);

    [LibraryImport(Library, EntryPoint = "g_free")]
    private static partial void Free(void* memory);
}
