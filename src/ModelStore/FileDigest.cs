using System.Buffers;
using System.Security.Cryptography;

namespace ModelStore;

/// <summary>What a file of the store must be.</summary>
/// <param name="File">Name inside the version's folder, without any directory.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">SHA-256 of the content, 64 lower-case hexadecimal digits.</param>
public sealed record FileDigest(string File, long Bytes, string Sha256)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Length and SHA-256 of an existing file, read once from beginning to end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name that <see cref="File"/> gets.</param>
    /// <param name="progress">Gets the number of bytes read so far, after every megabyte.</param>
    /// <param name="observe">Gets every piece of the content, in order.</param>
    public static FileDigest Of(string path, string name, IProgress<long>? progress = null, Action<ReadOnlyMemory<byte>>? observe = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long total = 0;
            for (int read; (read = file.Read(buffer, 0, BufferBytes)) > 0; progress?.Report(total))
            {
                hash.AppendData(buffer, 0, read);
                observe?.Invoke(buffer.AsMemory(0, read));
                total += read;
            }

            return new FileDigest(name, total, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
