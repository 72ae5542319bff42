namespace Deploy.Tests.Repository;

/// <summary>The files of the checkout, without what builds and packages leave among them.</summary>
internal static class SourceTree
{
    private static readonly string[] Generated = ["bin", "obj", "node_modules"];

    /// <summary>Paths below the repository's root, with forward slashes, in ordinal order.</summary>
    /// <param name="folder">Below the root, with forward slashes.</param>
    /// <param name="pattern">Of the file names, such as *.cs.</param>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Tool.PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Tool.PathOf(), path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Intersect(Generated).Any())
            .Order(StringComparer.Ordinal);
}
