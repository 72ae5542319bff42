using System.Text.RegularExpressions;
using TestKit;

namespace InferenceApi.Tests.Architecture;

/// <summary>Which folder may name types of which: the tables of docs/architecture.md, read from there.</summary>
internal static partial class DirectionTable
{
    /// <summary>The folders under a root and what each may use; the root's own files are the folder "".</summary>
    /// <param name="page">Text of the page.</param>
    /// <param name="root">For example <c>src/InferenceApi</c>: the table under the heading "Folders of `src/InferenceApi`".</param>
    /// <exception cref="InvalidDataException">The page has no such table.</exception>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Read(string page, string root)
    {
        string heading = $"## Folders of `{root}`\n";
        int start = page.IndexOf(heading, StringComparison.Ordinal);
        if (start < 0) throw new InvalidDataException($"docs/architecture.md has no table of {root}.");
        string section = page[(start + heading.Length)..].Split("\n## ")[0];
        (string Folder, string Uses)[] rows =
            [.. Row().Matches(section).Select(row => (Folder: row.Groups[1].Value.Trim('`', '(', ')'), Uses: row.Groups[2].Value.Trim()))];
        if (rows.Length == 0) throw new InvalidDataException($"docs/architecture.md has an empty table of {root}.");
        return rows.Select((row, i) => (Folder: NameOf(row.Folder), Uses: (IReadOnlySet<string>)Allowed(row.Uses, rows[(i + 1)..])))
            .ToDictionary(row => row.Folder, row => row.Uses);
    }

    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Of(string root) =>
        Read(File.ReadAllText(Path.Combine(Fixtures.RepositoryRoot, "docs", "architecture.md")), root);

    private static string NameOf(string folder) => folder == "root" ? "" : folder;

    private static HashSet<string> Allowed(string uses, (string Folder, string Uses)[] below)
    {
        if (uses == "–") return [];
        string[] named = uses.Split(", ");
        return new HashSet<string>(named.SelectMany(name => name == "everything below"
            ? below.Select(row => NameOf(row.Folder)).Concat(below.SelectMany(row => Allowed(row.Uses, [])))
            : [name]));
    }

    [GeneratedRegex(@"^\| (`\w+`|\(root\)) \|[^|]*\| ([^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
