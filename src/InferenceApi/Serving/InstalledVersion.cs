using ModelStore;

namespace InferenceApi.Serving;

/// <summary>A version in the store, told apart from another install under the same number.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="InstalledAt">When its folder was last written, which is when it was installed.</param>
internal readonly record struct InstalledVersion(int Number, DateTime InstalledAt)
{
    /// <summary>All versions of a model, newest first; empty where none is installed.</summary>
    /// <exception cref="ModelUnavailableException">The store cannot be read.</exception>
    public static IReadOnlyList<InstalledVersion> Of(StoreFolder store, string name)
    {
        try
        {
            return
            [
                .. store.Versions(name).Reverse().Select(
                    number => new InstalledVersion(number, Directory.GetLastWriteTimeUtc(Path.Combine(store.Root, name, $"{number}")))),
            ];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelUnavailableException(name, "the store cannot be read.", failure);
        }
    }
}
