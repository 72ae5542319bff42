namespace Deploy.Tests.Repository;

public sealed class LineLengthTests
{
    // max_line_length of .editorconfig, which no analyzer checks.
    private const int MostColumns = 140;

    private static readonly string[] Kinds = ["*.cs", "*.sh", "*.py", "*.mjs", "*.props", "*.targets", "*.csproj"];

    public static TheoryData<string> Patterns => [.. Kinds];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Source_NoLine_IsLongerThanTheLimit(string pattern)
    {
        string[] files = [.. SourceTree.Files(".", pattern)];
        string[] tooLong = [.. files.SelectMany(file => Longer(file, File.ReadLines(Tool.PathOf(file)), _ => true))];

        Assert.NotEmpty(files);
        Assert.Empty(tooLong);
    }

    // A row of a table cannot be wrapped.
    [Fact]
    public void Page_NoLineOfProse_IsLongerThanTheLimit() =>
        Assert.Empty(SourceTree.Files(".", "*.md").Where(file => !file.StartsWith("deploy/helm/", StringComparison.Ordinal))
            .SelectMany(file => Longer(file, File.ReadLines(Tool.PathOf(file)), line => !line.StartsWith('|'))));

    [Fact]
    public void Longer_FindsTheLineBeyondTheLimit_AndItAlone() =>
        Assert.Equal(["a.cs:2: 141 columns"], Longer("a.cs", [new string('x', 140), new string('x', 141)], _ => true));

    private static IEnumerable<string> Longer(string file, IEnumerable<string> lines, Func<string, bool> counts) =>
        lines.Select((line, index) => (Text: line, Number: index + 1))
            .Where(line => line.Text.Length > MostColumns && counts(line.Text))
            .Select(line => $"{file}:{line.Number}: {line.Text.Length} columns");
}
