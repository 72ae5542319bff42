using System.Security.Cryptography;
using ModelStore;

namespace Export.Downloads;

/// <summary>
/// A download under way on disk. It is locked, so that two exports cannot write into it, and survives for the next run to resume.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="DownloadException">Another process is downloading into it, or the disk refuses.</exception>
    public PartialFile(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            _file.Position = _file.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(
                $"{path}: cannot be opened for writing; another export may be downloading the same file. ({exception.Message})", exception);
        }
    }

    public long Length => _file.Length;

    public void Restart() => _file.SetLength(0);

    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        _file.Position = _file.Length;
        await _file.WriteAsync(bytes, cancel).ConfigureAwait(false);
    }

    /// <summary>Length and SHA-256, read through the stream that holds the lock.</summary>
    public FileDigest Digest(string name)
    {
        _file.Position = 0;
        return new FileDigest(name, _file.Length, Convert.ToHexStringLower(SHA256.HashData(_file)));
    }

    public void Dispose() => _file.Dispose();
}
