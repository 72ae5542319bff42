namespace ModelStore;

/// <summary>
/// A file that its process holds alone until it is disposed, or until the process ends in whatever way: the kernel then lets it go. On
/// Linux this is flock, which also works between machines on NFS 4.
/// </summary>
internal sealed class HeldFile : IDisposable
{
    private readonly FileStream _file;

    private HeldFile(FileStream file) => _file = file;

    /// <summary>Takes a file, creating it where it is missing; null where another holds it.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static HeldFile? TryTake(string path)
    {
        try
        {
            return new HeldFile(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
