using System.Buffers;
using System.Security.Cryptography;

namespace ModelStore;

/// <summary>Length and SHA-256 of files, computed while streaming.</summary>
public static class FileDigests
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Reads the whole file once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What <see cref="FileDigest.File"/> shall say.</param>
    /// <param name="progress">Told the bytes read so far, after every megabyte.</param>
    public static FileDigest Compute(string path, string name, IProgress<long>? progress = null)
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
