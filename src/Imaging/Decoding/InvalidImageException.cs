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

    internal static InvalidImageException TooSlow(ImageHeader header, ImageLimits limits)
    {
        double seconds = header.Cost.Time.TotalSeconds, allowed = limits.MaxTime.TotalSeconds;
        return TooCostly($"{Described(header)} takes about {seconds:0.0} s of processor time to decode; {allowed:0.##} s are allowed");
    }

    internal static InvalidImageException TooBig(ImageHeader header, ImageLimits limits) => TooCostly(
        $"{Described(header)} takes {header.Cost.Bytes >> 20} MiB of memory to decode; {limits.MaxBytes >> 20} MiB are allowed");

    internal static InvalidImageException OutOfTime(ImageLimits limits) => TooCostly(
        $"Decoding the image took more than the {limits.MaxTime.TotalSeconds:0.##} s of processor time that are allowed");

    private static InvalidImageException TooCostly(FormattableString found) =>
        new(InvalidImageReason.TooCostly, FormattableString.Invariant(found) + ". Send fewer pixels or a baseline JPEG.");

    private static string Described(ImageHeader header)
    {
        string passes = header.Scans > 1 ? $" in {header.Scans} scans" : header.Interlaced ? ", interlaced," : "";
        return $"A {Name(header.Format)} image of {header.Width} x {header.Height} pixels{passes}";
    }

    private static string Name(ImageFormat format) => format switch
    {
        ImageFormat.WebP => "WebP",
        _ => format.ToString().ToUpperInvariant(),
    };
}
