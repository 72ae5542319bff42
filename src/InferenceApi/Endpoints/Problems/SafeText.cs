namespace InferenceApi.Endpoints.Problems;

/// <summary>
/// A client's text for use in messages: shortened, and without control characters.
/// </summary>
internal static class SafeText
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
