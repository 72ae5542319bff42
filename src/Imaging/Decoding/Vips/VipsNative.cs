using System.Runtime.InteropServices;

namespace Imaging.Decoding.Vips;

/// <summary>
/// The libvips and GObject entry points in use, none of them variadic: C varargs cannot be called portably (arm64 macOS passes them
/// differently). GObject's symbols are exported by the same file. Names and meanings are the C API's own.
/// </summary>
internal static unsafe partial class VipsNative
{
    /// <summary>Not a file's name: <see cref="VipsLibrary"/> resolves it to <see cref="FileName"/>.</summary>
    public const string Library = "libvips";

    /// <summary>
    /// The file of package NetVips.Native: libvips's own name with its ABI version 42, which every system writes in another way.
    /// </summary>
    public static string FileName { get; } =
        OperatingSystem.IsWindows() ? "libvips-42.dll" : OperatingSystem.IsMacOS() ? "libvips.42.dylib" : "libvips.so.42";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int vips_init(string argv0);

    [LibraryImport(Library)]
    public static partial int vips_version(int flag);

    [LibraryImport(Library)]
    public static partial void vips_concurrency_set(int concurrency);

    [LibraryImport(Library)]
    public static partial void vips_cache_set_max(int max);

    [LibraryImport(Library)]
    public static partial void vips_block_untrusted_set(int state);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void vips_operation_block_set(string name, int state);

    [LibraryImport(Library)]
    public static partial void vips_error_clear();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint vips_operation_new(string name);

    [LibraryImport(Library)]
    public static partial int vips_object_build(nint vipsObject);

    [LibraryImport(Library)]
    public static partial void vips_object_unref_outputs(nint vipsObject);

    [LibraryImport(Library)]
    public static partial nint vips_blob_new(nint freeFunction, void* data, nuint length);

    [LibraryImport(Library)]
    public static partial nint vips_blob_get_type();

    [LibraryImport(Library)]
    public static partial void vips_area_unref(nint area);

    [LibraryImport(Library)]
    public static partial nint vips_image_get_type();

    [LibraryImport(Library)]
    public static partial int vips_image_get_width(nint image);

    [LibraryImport(Library)]
    public static partial int vips_image_get_height(nint image);

    [LibraryImport(Library)]
    public static partial int vips_image_get_bands(nint image);

    [LibraryImport(Library)]
    public static partial int vips_image_get_format(nint image);

    [LibraryImport(Library)]
    public static partial int vips_image_get_interpretation(nint image);

    [LibraryImport(Library)]
    public static partial nint vips_image_new_from_memory(void* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(Library)]
    public static partial nint vips_source_custom_new();

    [LibraryImport(Library)]
    public static partial nint vips_source_get_type();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial ulong g_signal_connect_data(nint instance, string signal, nint handler, nint data, nint destroyData, int flags);

    [LibraryImport(Library)]
    public static partial nint vips_region_new(nint image);

    [LibraryImport(Library)]
    public static partial int vips_region_prepare(VipsRegion* region, VipsRect* area);

    [LibraryImport(Library)]
    public static partial void g_object_unref(nint instance);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void g_object_set_property(nint instance, string name, GValue* value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void g_object_get_property(nint instance, string name, GValue* value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint g_type_from_name(string name);

    [LibraryImport(Library)]
    public static partial GValue* g_value_init(GValue* value, nint type);

    [LibraryImport(Library)]
    public static partial void g_value_unset(GValue* value);

    [LibraryImport(Library)]
    public static partial void g_value_set_boxed(GValue* value, nint boxed);

    [LibraryImport(Library)]
    public static partial void g_value_set_boolean(GValue* value, int boolean);

    [LibraryImport(Library)]
    public static partial void g_value_set_enum(GValue* value, int member);

    [LibraryImport(Library)]
    public static partial void g_value_set_object(GValue* value, nint instance);

    [LibraryImport(Library)]
    public static partial nint g_value_get_object(GValue* value);

    [LibraryImport(Library)]
    public static partial nint g_object_ref(nint instance);

    [LibraryImport(Library)]
    public static partial nint g_log_set_default_handler(delegate* unmanaged<nint, int, nint, nint, void> handler, nint data);
}
