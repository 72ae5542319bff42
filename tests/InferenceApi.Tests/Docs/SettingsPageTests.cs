namespace InferenceApi.Tests.Docs;

/// <summary>
/// The tables of docs/settings.md are made from the options: their names, defaults, ranges and comments. After a change of those,
/// <c>WRITE_DOCS=1 dotnet test tests/InferenceApi.Tests --filter SettingsPage</c> writes the page anew.
/// </summary>
public sealed class SettingsPageTests
{
    private const string Page = "docs/settings.md";
    private const string Begin = "<!-- made from the code: begin -->\n", End = "<!-- made from the code: end -->\n";

    private const string Head = "| setting | default | allowed | meaning |\n|---|---|---|---|\n";

    [Fact]
    public void Page_IsWhatTheOptionsSay()
    {
        string page = Pages.Read(Page);
        string above = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];
        string expected = above + Tables() + page[page.IndexOf(End, StringComparison.Ordinal)..];
        if (Environment.GetEnvironmentVariable("WRITE_DOCS") == "1") File.WriteAllText(Pages.PathOf(Page), expected);
        else Assert.Equal(expected, page);
    }

    private static string Tables() => string.Concat(
        DocumentedSetting.All
            .GroupBy(setting => setting.Name[..setting.Name.LastIndexOf(':')])
            .Select(section => $"\n## {section.Key}\n\n{Head}{string.Concat(section.Select(Row))}")) + "\n";

    private static string Row(DocumentedSetting setting) =>
        $"| `{setting.Name}` | {setting.Default} | {setting.Allowed} | {setting.Meaning} |\n";
}
