using System.Buffers.Binary;
using Export.Weights;

namespace Export.Conversion;

/// <summary>
/// Takes float32 and writes float16, rounded to nearest, ties to even, as IEEE 754 has it. A finite number beyond float16's range is
/// refused: as infinity it would make every answer NaN. Numbers below float16's smallest become zero.
/// </summary>
/// <param name="destination">Gets half as many bytes as are written here.</param>
/// <param name="tensor">Named where a number is refused.</param>
internal sealed class HalfStream(Stream destination, string tensor) : Stream
{
    private const int Floats = 1 << 15;

    private readonly byte[] _halves = new byte[Floats * 2];
    private long _element;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <param name="buffer">Whole little-endian float32 numbers.</param>
    /// <exception cref="WeightsException">A number does not fit into float16.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length % sizeof(float) != 0) throw new ArgumentException("Whole float32 numbers are expected.", nameof(buffer));
        while (buffer.Length > 0)
        {
            int count = Math.Min(Floats, buffer.Length / sizeof(float));
            for (int i = 0; i < count; i++) Put(i, BinaryPrimitives.ReadSingleLittleEndian(buffer[(i * sizeof(float))..]));
            destination.Write(_halves, 0, count * 2);
            buffer = buffer[(count * sizeof(float))..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => destination.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Put(int index, float value)
    {
        Half half = (Half)value;
        if (!Half.IsFinite(half))
            throw new WeightsException(
                $"tensor '{tensor}' holds {value} at element {_element}, which float16 cannot express (±{Half.MaxValue}); " +
                "export it in fp32.");
        BinaryPrimitives.WriteHalfLittleEndian(_halves.AsSpan(index * 2), half);
        _element++;
    }
}
