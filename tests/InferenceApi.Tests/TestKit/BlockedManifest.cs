using System.Diagnostics;
using ModelStore;

namespace TestKit;

/// <summary>A model whose manifest is a pipe: whoever opens it waits until this is disposed, as on a network mount that died.</summary>
internal sealed class BlockedManifest : IDisposable
{
    private readonly string _path;

    public BlockedManifest(StoreFolder store, string name)
    {
        string folder = Directory.CreateDirectory(store.FolderOf(name, 1)).FullName;
        _path = Path.Combine(folder, "manifest.json");
        using Process make = Process.Start("mkfifo", [_path]);
        make.WaitForExit();
    }

    /// <summary>Ends once somebody reads; they wait on for as long as the result is open.</summary>
    public Task<FileStream> ReaderAsync() =>
        Task.Run(() => new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));

    public void Dispose()
    {
        // Opened for both, it does not wait for a reader; closed, it ends what every reader reads.
        using FileStream both = new(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        File.Delete(_path);
    }
}
