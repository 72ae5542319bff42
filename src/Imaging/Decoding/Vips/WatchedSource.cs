using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Imaging.Decoding.Vips;

/// <summary>
/// Hands a file in memory to libvips in small pieces, and none once the picture's time is over: some files are decoded to their end before
/// the first row comes (several scans, interlaced), and libvips looks at nothing else in between.
/// </summary>
internal sealed unsafe class WatchedSource : IDisposable
{
    /// <summary>Of the longest allowed decode, so that leaving takes effect within milliseconds.</summary>
    private const int Pieces = 256;

    private readonly byte* _encoded;
    private readonly int _length;
    private readonly DecodeTime _allowed;
    private GCHandle _self;
    private int _at;

    /// <param name="encoded">First byte of the file; pinned until this is disposed.</param>
    /// <param name="length">Bytes in the file.</param>
    /// <param name="allowed">The time it may take.</param>
    public WatchedSource(byte* encoded, int length, DecodeTime allowed)
    {
        VipsLibrary.EnsureLoaded();
        _encoded = encoded;
        _length = length;
        _allowed = allowed;
        _self = GCHandle.Alloc(this);
        Handle = VipsNative.vips_source_custom_new();
        delegate* unmanaged[Cdecl]<nint, byte*, long, nint, long> read = &Read;
        _ = VipsNative.g_signal_connect_data(Handle, "read", (nint)read, GCHandle.ToIntPtr(_self), 0, 0);
    }

    /// <summary>A VipsSource; images that are made of it hold references of their own and must be gone before this is disposed.</summary>
    public nint Handle { get; }

    public void Dispose()
    {
        if (!_self.IsAllocated) return;
        VipsNative.g_object_unref(Handle);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Read(nint source, byte* buffer, long length, nint self) =>
        ((WatchedSource)GCHandle.FromIntPtr(self).Target!).Read(buffer, length);

    /// <returns>Bytes written; 0 at the end, -1 where the time is over.</returns>
    private long Read(byte* buffer, long length)
    {
        if (!_allowed.IsLeft) return -1;
        int count = (int)Math.Min(Math.Min(length, _length - _at), Math.Max(16, _length / Pieces));
        Unsafe.CopyBlockUnaligned(buffer, _encoded + _at, (uint)count);
        _at += count;
        return count;
    }
}
