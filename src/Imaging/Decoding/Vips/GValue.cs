using System.Runtime.InteropServices;

namespace Imaging.Decoding.Vips;

/// <summary>GLib's tagged value: a type and two 8-byte words. Must be zero before g_value_init.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GValue
{
    public nint Type;
    public long First;
    public long Second;
}
