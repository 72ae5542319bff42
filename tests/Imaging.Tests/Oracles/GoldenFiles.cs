using TestKit;

namespace Imaging.Tests.Oracles;

/// <summary>The committed files of Goldens/imaging and what Pillow 9.4 made of them.</summary>
internal static class GoldenFiles
{
    public static string Folder { get; } = Path.Combine(Fixtures.RepositoryRoot, "tests", "Imaging.Tests", "Goldens", "imaging");

    /// <summary>Expected answers by file name.</summary>
    public static IReadOnlyDictionary<string, string> Expected { get; } =
        File.ReadLines(Path.Combine(Folder, "expected.tsv")).Select(Digests.OfOracle).ToDictionary(x => x.Name, x => x.Answer);

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));
}
