namespace InferenceApi.Serving;

/// <summary>A version in the store, distinguished from other content under the same number.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="Stamp">Changes whenever a file of its folder appears, goes, or gets another length or time.</param>
internal readonly record struct InstalledVersion(int Number, long Stamp)
{
    /// <summary>Reads a version's folder without opening a file in it.</summary>
    /// <exception cref="IOException">The folder is gone or cannot be read.</exception>
    public static InstalledVersion Of(int number, string folder)
    {
        long stamp = 0;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            foreach (long part in (long[])[StringComparer.Ordinal.GetHashCode(file.Name), file.Length, file.LastWriteTimeUtc.Ticks])
                stamp = unchecked((stamp * 1_000_003) ^ part);
        }

        return new InstalledVersion(number, unchecked((stamp * 1_000_003) ^ Directory.GetLastWriteTimeUtc(folder).Ticks));
    }
}
