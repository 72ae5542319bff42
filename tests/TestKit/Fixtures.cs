namespace TestKit;

/// <summary>Where test data lies: committed goldens in the repository, real weights and photographs beside it.</summary>
internal static class Fixtures
{
    /// <summary>The folder that holds InferenceService.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>
    /// Real photographs and a real checkpoint, which cannot be redistributed: SHARED_FIXTURES, or the folder `shared`
    /// beside the checkout. Null where absent; tests that need it must skip loudly (see <see cref="SharedFactAttribute"/>).
    /// </summary>
    public static string? SharedFolder { get; } = FindShared();

    public static string? Image(string name) => Existing("images", name);

    public static string? Weights(string name) => Existing("weights", name);

    private static string? Existing(string folder, string name)
    {
        if (SharedFolder is null) return null;
        string path = Path.Combine(SharedFolder, folder, name);
        return File.Exists(path) ? path : null;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "InferenceService.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"InferenceService.sln was not found above {AppContext.BaseDirectory}.");
    }

    private static string? FindShared()
    {
        string candidate = Environment.GetEnvironmentVariable("SHARED_FIXTURES") ?? Path.Combine(RepositoryRoot, "..", "shared");
        return Directory.Exists(Path.Combine(candidate, "images")) ? Path.GetFullPath(candidate) : null;
    }
}
