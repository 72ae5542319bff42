using TestKit;

namespace InferenceApi.Tests.Docs;

/// <summary>The pages people read.</summary>
internal static class Pages
{
    /// <summary>Paths in the repository: the README, CONTRIBUTING and everything in docs.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "README.md", "CONTRIBUTING.md", "benchmarks/README.md",
        .. Directory.GetFiles(PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Fixtures.RepositoryRoot, file)).Order(StringComparer.Ordinal),
    ];

    public static string PathOf(string page) => Path.Combine(Fixtures.RepositoryRoot, page);

    public static string Read(string page) => File.ReadAllText(PathOf(page));
}
