namespace InferenceApi.Endpoints.Problems;

/// <summary>
/// A client's text inside one of our sentences: short, and without control characters that would disturb a log or terminal.
/// </summary>
internal static class Printable
{
    private const int MaxLength = 100;

    public static string Of(string text)
    {
        string cut = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return string.Create(cut.Length, cut, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
        });
    }
}
