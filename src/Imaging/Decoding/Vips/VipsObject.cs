using System.Runtime.InteropServices;

namespace Imaging.Decoding.Vips;

/// <summary>The head of every libvips object (object.h); only its size matters here.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VipsObject
{
    public nint TypeClass;
    public uint ReferenceCount;
    public nint QuarkData;
    public int Constructed;
    public int StaticObject;
    public nint ArgumentTable;
    public nint Nickname;
    public nint Description;
    public int PreClose;
    public int Close;
    public int PostClose;
    public nuint LocalMemory;
}
