using System.Buffers;
using System.Numerics;
using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>
/// Bytes of an upload in pooled memory that grows as they arrive: a client cannot make us reserve what it only announces. What is held is
/// counted in the upload's <see cref="BodyRoom"/>.
/// </summary>
internal sealed class PooledBytes : IMemoryOwner<byte>
{
    // Twice the size of a usual photograph, so that most uploads never grow.
    public const int InitialCapacity = 256 * 1024;

    // Those of the shared pool.
    private const int SmallestBuffer = 16, LargestBucket = 1 << 30;

    // As many as requests are usually in flight; 16 MB at most.
    private const int KeptBuffers = 64;

    // The shared pool keeps one array for each thread that ever gave one back, where no other thread finds it, and forgets it when the
    // thread ends: with 16 clients that still made a new array of 256 KB every hundred requests.
    private static readonly ArrayPool<byte> FirstBuffers = ArrayPool<byte>.Create(InitialCapacity, KeptBuffers);

    private readonly BodyReading _body;
    private byte[]? _buffer;

    /// <param name="body">The upload that they belong to.</param>
    /// <param name="capacity">Where the size is known.</param>
    /// <exception cref="RequestException">The memory for uploads is used up.</exception>
    public PooledBytes(BodyReading body, int capacity = InitialCapacity)
    {
        _body = body;
        _buffer = Rent(capacity);
    }

    public int Length { get; private set; }

    public Memory<byte> Memory => Buffer.AsMemory(0, Length);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(PooledBytes));

    /// <summary>Room to write at least <paramref name="size"/> bytes into; followed by <see cref="Advance"/>.</summary>
    public Memory<byte> Reserve(int size)
    {
        if (Buffer.Length - Length < size)
        {
            byte[] larger = Rent(Math.Max(checked(Length + size), Buffer.Length * 2));
            Buffer.AsSpan(0, Length).CopyTo(larger);
            Return(Buffer);
            _buffer = larger;
        }

        return Buffer.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    /// <summary>Appends a whole stream.</summary>
    /// <param name="stream">The body, or a part of it.</param>
    public async ValueTask ReadAsync(Stream stream)
    {
        // Filled to the brim before growing, but never asked for less than a network read usually brings.
        const int SmallestRead = 16 * 1024;
        while (true)
        {
            int read = await stream.ReadAsync(Reserve(SmallestRead));
            if (read == 0) return;
            Advance(read);
        }
    }

    public void Dispose()
    {
        if (_buffer is null) return;
        Return(_buffer);
        _buffer = null;
    }

    private static ArrayPool<byte> PoolOf(int length) => length == InitialCapacity ? FirstBuffers : ArrayPool<byte>.Shared;

    private byte[] Rent(int capacity)
    {
        // As the pools round; so that what is taken is what is given back.
        int length = capacity > LargestBucket ? capacity : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, SmallestBuffer));
        _body.Take(length);
        return PoolOf(length).Rent(length);
    }

    private void Return(byte[] buffer)
    {
        PoolOf(buffer.Length).Return(buffer);
        _body.Give(buffer.Length);
    }
}
