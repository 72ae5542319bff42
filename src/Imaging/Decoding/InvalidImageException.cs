namespace Imaging.Decoding;

/// <summary>
/// The bytes are not a picture that is supported. The message is written for the sender: it says what was found, and never
/// repeats a native library's own text, which may name paths or memory.
/// </summary>
public sealed class InvalidImageException : Exception
{
    private InvalidImageException(InvalidImageReason reason, string message)
        : base(message) => Reason = reason;

    public InvalidImageReason Reason { get; }

    internal static InvalidImageException UnknownFormat(string found) =>
        new(InvalidImageReason.UnknownFormat, $"This is not a JPEG, PNG, WebP, GIF, TIFF or AVIF image: {found}.");

    internal static InvalidImageException Unreadable(ImageFormat format, string found) =>
        new(InvalidImageReason.Unreadable, $"The {Name(format)} image cannot be read: {found}.");

    internal static InvalidImageException TooManyPixels(int width, int height, ImageLimits limits) =>
        new(
            InvalidImageReason.TooManyPixels,
            $"The image is {width} x {height} pixels; at most {limits.MaxPixels} pixels and {limits.MaxSide} per side are accepted.");

    private static string Name(ImageFormat format) => format switch
    {
        ImageFormat.WebP => "WebP",
        _ => format.ToString().ToUpperInvariant(),
    };
}
