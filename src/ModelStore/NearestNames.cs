namespace ModelStore;

/// <summary>Which of several names somebody may have meant.</summary>
public static class NearestNames
{
    /// <summary>Most edits between a typing error and what was meant; short names allow fewer.</summary>
    private const int MostEdits = 3;

    /// <summary>
    /// The names that begin with what was typed, or that few edits (a letter added, left out, changed, or two exchanged) lead to; upper
    /// and lower case are alike.
    /// </summary>
    /// <param name="typed">Of any length; over 128 characters nothing is near.</param>
    /// <param name="names">What exists.</param>
    /// <returns>The nearest first; empty where none is near.</returns>
    public static IReadOnlyList<string> Of(string typed, IEnumerable<string> names)
    {
        const int Longest = 128, ShortestPrefix = 3;
        if (typed.Length is 0 or > Longest) return [];
        int allowed = Math.Min(MostEdits, 1 + (typed.Length / 5));
        return
        [
            .. names
                .Select(name => (Name: name, Edits: Edits(typed.ToLowerInvariant(), name.ToLowerInvariant())))
                .Where(each => each.Edits <= allowed
                    || (typed.Length >= ShortestPrefix && each.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)))
                .OrderBy(each => each.Edits).ThenBy(each => each.Name, StringComparer.Ordinal)
                .Select(each => each.Name),
        ];
    }

    /// <summary>Optimal string alignment distance, three rows of the table at a time.</summary>
    private static int Edits(string from, string to)
    {
        int[] before = new int[to.Length + 1], last = [.. Enumerable.Range(0, to.Length + 1)], row = new int[to.Length + 1];
        for (int i = 1; i <= from.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int changed = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(changed, 1 + Math.Min(last[j], row[j - 1]));
                bool exchanged = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                if (exchanged) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last, row) = (last, row, before);
        }

        return last[to.Length];
    }
}
