using System.Text.RegularExpressions;

namespace ModelStore;

/// <summary>What a model may be called: the name is a URL segment and a folder, so nothing in it may mean anything to either.</summary>
public static partial class ModelName
{
    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule =
        "A model name has 1 to 64 characters: letters, digits, '.', '_' and '-', beginning with a letter or digit and not ending with '.'.";

    public static bool IsValid(string? name) => name is not null && Pattern().IsMatch(name);

    // \z, not $: a trailing newline must not pass. "con" and its kind matter on Windows only, where the store is not supported.
    [GeneratedRegex(@"\A[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
