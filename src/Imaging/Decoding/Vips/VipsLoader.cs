namespace Imaging.Decoding.Vips;

/// <summary>
/// Opens encoded memory with the loader of one format. The loader is always named and never guessed: an Ultra HDR JPEG, say, is
/// then the plain JPEG that Pillow sees.
/// </summary>
internal static unsafe class VipsLoader
{
    private const int AccessSequential = 1;

    /// <summary>
    /// VIPS_FAIL_ON_TRUNCATED: running out of bytes while rows are still wanted is an error, every other libjpeg or libtiff warning is
    /// not. That is Pillow's rule.
    /// </summary>
    private const int FailOnTruncated = 1;

    /// <returns>A reference to a lazily decoded image; only its header has been read. Zero if the header is unreadable.</returns>
    public static nint Open(ImageFormat format, byte* encoded, int length)
    {
        nint operation = New(Loader(format) + "_buffer");
        SetBlob(operation, encoded, length);
        return Open(format, operation);
    }

    /// <inheritdoc cref="Open(ImageFormat, byte*, int)"/>
    public static nint Open(ImageFormat format, WatchedSource source)
    {
        nint operation = New(Loader(format) + "_source");
        SetSource(operation, source);
        return Open(format, operation);
    }

    private static nint New(string loader)
    {
        VipsLibrary.EnsureLoaded();
        nint operation = VipsNative.vips_operation_new(loader);
        return operation != 0 ? operation : throw new InvalidOperationException($"libvips was built without {loader}.");
    }

    private static nint Open(ImageFormat format, nint operation)
    {
        try
        {
            SetEnum(operation, "access", "VipsAccess", AccessSequential);
            SetEnum(operation, "fail-on", "VipsFailOn", FailOnTruncated);
            // Decoded whole. Above 100 MiB libvips would write them to a file, and all its writers are blocked here.
            if (format is ImageFormat.WebP or ImageFormat.Avif) SetFlag(operation, "memory", true);
            // Otherwise the hundredth warning of a damaged JPEG is fatal; Pillow ignores all of them. Scans and sides are bounded here.
            if (format == ImageFormat.Jpeg) SetFlag(operation, "unlimited", true);
            // Pillow ignores EXIF orientation but obeys TIFF's own tag.
            if (format == ImageFormat.Tiff) SetFlag(operation, "autorotate", true);
            if (VipsNative.vips_object_build(operation) != 0) return 0;
            return Output(operation);
        }
        finally
        {
            VipsNative.vips_object_unref_outputs(operation);
            VipsNative.g_object_unref(operation);
        }
    }

    private static string Loader(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "jpegload",
        ImageFormat.Png => "pngload",
        ImageFormat.WebP => "webpload",
        ImageFormat.Tiff => "tiffload",
        ImageFormat.Avif => "heifload",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not decoded by libvips."),
    };

    private static void SetBlob(nint operation, byte* encoded, int length)
    {
        nint blob = VipsNative.vips_blob_new(0, encoded, (nuint)length);
        GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.vips_blob_get_type());
        VipsNative.g_value_set_boxed(&value, blob);
        VipsNative.g_object_set_property(operation, "buffer", &value);
        VipsNative.g_value_unset(&value);
        VipsNative.vips_area_unref(blob);
    }

    private static void SetSource(nint operation, WatchedSource source)
    {
        GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.vips_source_get_type());
        VipsNative.g_value_set_object(&value, source.Handle);
        VipsNative.g_object_set_property(operation, "source", &value);
        VipsNative.g_value_unset(&value);
    }

    private static void SetEnum(nint operation, string property, string type, int member)
    {
        GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.g_type_from_name(type));
        VipsNative.g_value_set_enum(&value, member);
        VipsNative.g_object_set_property(operation, property, &value);
        VipsNative.g_value_unset(&value);
    }

    private static void SetFlag(nint operation, string property, bool flag)
    {
        GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.g_type_from_name("gboolean"));
        VipsNative.g_value_set_boolean(&value, flag ? 1 : 0);
        VipsNative.g_object_set_property(operation, property, &value);
        VipsNative.g_value_unset(&value);
    }

    private static nint Output(nint operation)
    {
        GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.vips_image_get_type());
        VipsNative.g_object_get_property(operation, "out", &value);
        nint image = VipsNative.g_object_ref(VipsNative.g_value_get_object(&value));
        VipsNative.g_value_unset(&value);
        return image;
    }
}
