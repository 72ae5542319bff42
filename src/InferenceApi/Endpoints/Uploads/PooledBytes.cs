using System.Buffers;
using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>Bytes of an upload in pooled memory that grows as they arrive: a client cannot make us reserve what it only announces.</summary>
internal sealed class PooledBytes : IMemoryOwner<byte>
{
    // Twice the size of a usual photograph, so that most uploads never grow.
    private const int InitialCapacity = 256 * 1024;

    // As many as requests are usually in flight; 16 MB at most.
    private const int KeptBuffers = 64;

    // The shared pool keeps one array for each thread that ever gave one back, where no other thread finds it, and forgets it when the
    // thread ends: with 16 clients that still made a new array of 256 KB every hundred requests.
    private static readonly ArrayPool<byte> FirstBuffers = ArrayPool<byte>.Create(InitialCapacity, KeptBuffers);

    private byte[]? _buffer = FirstBuffers.Rent(InitialCapacity);

    public int Length { get; private set; }

    public Memory<byte> Memory => Buffer.AsMemory(0, Length);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(PooledBytes));

    /// <summary>Room to write at least <paramref name="size"/> bytes into; followed by <see cref="Advance"/>.</summary>
    public Memory<byte> Reserve(int size)
    {
        if (Buffer.Length - Length < size)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + size), Buffer.Length * 2));
            Buffer.AsSpan(0, Length).CopyTo(larger);
            Return(Buffer);
            _buffer = larger;
        }

        return Buffer.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    /// <summary>Appends a whole stream.</summary>
    /// <exception cref="RequestException">It is longer than <paramref name="limit"/> bytes.</exception>
    public async ValueTask ReadAsync(Stream stream, long limit, CancellationToken cancellationToken)
    {
        // Filled to the brim before growing, but never asked for less than a network read usually brings.
        const int SmallestRead = 16 * 1024;
        while (true)
        {
            int read = await stream.ReadAsync(Reserve(SmallestRead), cancellationToken);
            if (read == 0) return;
            Advance(read);
            if (Length > limit) throw RequestException.TooLarge(limit);
        }
    }

    public void Dispose()
    {
        if (_buffer is null) return;
        Return(_buffer);
        _buffer = null;
    }

    private static void Return(byte[] buffer) => (buffer.Length == InitialCapacity ? FirstBuffers : ArrayPool<byte>.Shared).Return(buffer);
}
