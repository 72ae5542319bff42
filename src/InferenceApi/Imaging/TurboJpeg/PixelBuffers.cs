using System.Runtime.InteropServices;

namespace InferenceApi.Imaging.TurboJpeg;

/// <summary>
/// Native memory for whole decoded pictures. A few buffers are kept, because fresh pages cost a tenth of a photograph's decode; at most
/// one for each core, and none above <see cref="KeptLength"/>. Thread-safe.
/// </summary>
internal static unsafe class PixelBuffers
{
    /// <summary>4 MiB, 1.4 megapixels: ten times a photograph of ImageNet. Larger ones are freed after use.</summary>
    internal const int KeptLength = 4 << 20;

    private static readonly Lock Gate = new();
    private static readonly nint[] Kept = new nint[Environment.ProcessorCount];
    private static int _count;

    /// <summary>At least <paramref name="length"/> bytes of unspecified content, to be returned once with the same length.</summary>
    public static byte* Rent(int length)
    {
        if (length > KeptLength) return (byte*)NativeMemory.Alloc((nuint)length);
        lock (Gate)
        {
            if (_count > 0) return (byte*)Kept[--_count];
        }

        // Untouched pages take no memory, so every kept buffer may have the full length.
        return (byte*)NativeMemory.Alloc(KeptLength);
    }

    public static void Return(byte* buffer, int length)
    {
        if (length <= KeptLength)
        {
            lock (Gate)
            {
                if (_count < Kept.Length)
                {
                    Kept[_count++] = (nint)buffer;
                    return;
                }
            }
        }

        NativeMemory.Free(buffer);
    }
}
