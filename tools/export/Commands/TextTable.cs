namespace Export.Commands;

/// <summary>Rows in columns without borders, so that a name can be copied: one line a row, none broken.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <param name="Heading">Above the column.</param>
    /// <param name="IsNumber">Numbers end at the right edge of their column.</param>
    internal sealed record Column(string Heading, bool IsNumber = false);

    /// <summary>As many columns as fit, from the left; the first always.</summary>
    /// <param name="columns">The most useful first.</param>
    /// <param name="rows">As many cells each as there are columns.</param>
    /// <param name="width">Of the terminal, in characters.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows, int width)
    {
        int[] widths = [.. columns.Select((column, i) => rows.Select(row => row[i].Length).Append(column.Heading.Length).Max())];
        int shown = 1, used = widths[0];
        while (shown < columns.Count && used + Gap.Length + widths[shown] < width) used += Gap.Length + widths[shown++];
        return rows.Prepend([.. columns.Select(column => column.Heading)]).Select(Line);

        string Line(string[] cells) => string.Join(Gap, cells.Take(shown).Select(Cell)).TrimEnd();
        string Cell(string text, int i) => columns[i].IsNumber ? text.PadLeft(widths[i]) : text.PadRight(widths[i]);
    }
}
