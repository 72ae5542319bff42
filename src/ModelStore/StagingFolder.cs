namespace ModelStore;

/// <summary>
/// A folder for something half made or half removed, with a file beside it that its process holds. Where nobody holds the file the owner
/// is dead, and the next install removes the folder.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    private const string OwnerEnding = ".owner";

    // Where locks have no effect (some network mounts), age must do: no export takes a day.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly HeldFile _owner;

    private StagingFolder(string path, HeldFile owner) => (Path, _owner) = (path, owner);

    /// <summary>The folder itself; gone after it was moved to where it belongs.</summary>
    public string Path { get; }

    /// <summary>Makes a new one and removes those of dead owners.</summary>
    /// <param name="parent">Folder of all of them.</param>
    /// <param name="name">What it is for; the folder's name begins with it.</param>
    /// <exception cref="IOException">The store cannot be written.</exception>
    public static StagingFolder Create(string parent, string name)
    {
        Directory.CreateDirectory(parent);
        while (true)
        {
            string path = System.IO.Path.Combine(parent, $"{name}-{Guid.NewGuid():N}"), owner = path + OwnerEnding;
            if (HeldFile.TryTake(owner) is not { } held) continue;
            // A concurrent sweep may have removed the new file between its creation and the lock.
            if (!File.Exists(owner))
            {
                held.Dispose();
                continue;
            }

            bool locksWork = !IsFree(owner);
            Sweep(parent, locksWork);
            Directory.CreateDirectory(path);
            return new StagingFolder(path, held);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        File.Delete(Path + OwnerEnding);
        _owner.Dispose();
    }

    private static void Sweep(string parent, bool locksWork)
    {
        DateTime limit = (TimeProvider.System.GetUtcNow() - Abandoned).UtcDateTime;
        foreach (string owner in Directory.EnumerateFiles(parent, "*" + OwnerEnding))
        {
            if (!locksWork && File.GetLastWriteTimeUtc(owner) >= limit) continue;
            using HeldFile? dead = HeldFile.TryTake(owner);
            if (dead is null) continue;
            Remove(owner[..^OwnerEnding.Length]);
            File.Delete(owner);
        }

        // Those of a version of this program that held no file.
        foreach (string folder in Directory.EnumerateDirectories(parent))
        {
            if (!File.Exists(folder + OwnerEnding) && Directory.GetLastWriteTimeUtc(folder) < limit) Remove(folder);
        }
    }

    private static bool IsFree(string owner)
    {
        using HeldFile? second = HeldFile.TryTake(owner);
        return second is not null;
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The owner died before it made the folder, or after it moved it; or another removes it at the same time.
        }
    }
}
