using System.Runtime.InteropServices;

namespace Imaging.Decoding.Vips;

/// <summary>A rectangle of pixels.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VipsRect
{
    public int Left;
    public int Top;
    public int Width;
    public int Height;
}
