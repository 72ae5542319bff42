using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Export.Checkpoints;

/// <summary>
/// Reads stored elements as float32. Files are little-endian, and so is every machine .NET's x64 and arm64 builds run on.
/// </summary>
internal static class ElementReads
{
    /// <summary>Elements converted at a time: 256 KB of double.</summary>
    private const int Piece = 1 << 15;

    /// <summary>Fills the destination with consecutive elements.</summary>
    public static void Fill(SafeFileHandle file, ElementType type, long position, long first, Span<float> destination)
    {
        int size = ElementTypes.SizeOf(type);
        if (type == ElementType.Float32)
        {
            FillBytes(file, MemoryMarshal.AsBytes(destination), position + (first * size));
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(Piece * size);
        try
        {
            for (int done = 0; done < destination.Length;)
            {
                int count = Math.Min(Piece, destination.Length - done);
                Span<byte> bytes = buffer.AsSpan(0, count * size);
                FillBytes(file, bytes, position + ((first + done) * size));
                Convert(type, bytes, destination.Slice(done, count));
                done += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Fills the destination with elements in row-major order out of another dense order.</summary>
    public static void Gather(SafeFileHandle file, CheckpointTensor tensor, long first, Span<float> destination)
    {
        // The order of a dense tensor is a permutation of all of it, so all of it is read; the largest of the family is 170 MB.
        float[] stored = new float[tensor.Count];
        Fill(file, tensor.Type, tensor.Position, 0, stored);
        IReadOnlyList<long> strides = tensor.Strides ?? throw new ArgumentException("The tensor is contiguous.", nameof(tensor));
        for (int index = 0; index < destination.Length; index++)
        {
            long rest = first + index, at = 0;
            for (int axis = tensor.Shape.Count - 1; axis >= 0; axis--)
            {
                // The stride of an axis of size 1 says nothing; its only index is 0.
                at += rest % tensor.Shape[axis] * strides[axis];
                rest /= tensor.Shape[axis];
            }

            destination[index] = stored[at];
        }
    }

    private static void FillBytes(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        if (FileReads.Fill(file, bytes, offset) < bytes.Length) throw new CheckpointException("the file became shorter while it was read.");
    }

    private static void Convert(ElementType type, ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        switch (type)
        {
            case ElementType.Float64:
                ReadOnlySpan<double> doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (int index = 0; index < destination.Length; index++) destination[index] = (float)doubles[index];
                break;
            case ElementType.Float16:
                ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (int index = 0; index < destination.Length; index++) destination[index] = (float)halves[index];
                break;
            default:
                ReadOnlySpan<ushort> brains = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int index = 0; index < destination.Length; index++)
                    destination[index] = BitConverter.UInt32BitsToSingle((uint)brains[index] << 16);
                break;
        }
    }
}
