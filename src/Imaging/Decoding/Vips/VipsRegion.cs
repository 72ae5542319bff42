using System.Runtime.InteropServices;

namespace Imaging.Decoding.Vips;

/// <summary>
/// The public layout of libvips's region.h up to the fields that its VIPS_REGION_ADDR macro reads; there is no exported function
/// for them, and copying every strip instead would cost a tenth of the decode. <see cref="VipsLibrary"/> checks the layout on a
/// known image when the library is loaded.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VipsRegion
{
    public VipsObject Parent;
    public nint Image;
    public VipsRect Valid;
    public int Type;
    public byte* Data;
    public int BytesPerLine;
}
