using System.Globalization;
using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Requests;

/// <summary>
/// How many classes to answer: top_k of the query, or a field of the form or member of the JSON of that name. The walk compares it with
/// the model's classes.
/// </summary>
internal static class TopK
{
    public const string Parameter = "top_k";

    /// <summary>What the query has; null where it has none.</summary>
    /// <exception cref="RequestException">It is no whole number, or the query has another parameter.</exception>
    public static int? Of(HttpRequest request)
    {
        foreach (string name in request.Query.Keys)
        {
            if (!name.Equals(Parameter, StringComparison.OrdinalIgnoreCase))
                throw RequestException.Malformed($"There is no query parameter '{SafeText.Of(name)}'; the only one is {Parameter}.");
        }

        return request.Query.TryGetValue(Parameter, out var values) ? Parse(values.ToString()) : null;
    }

    /// <exception cref="RequestException">It is no whole number.</exception>
    public static int Parse(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new RequestException(ProblemKind.TopKInvalid, $"{Parameter} is '{SafeText.Of(text)}'; it must be a whole number.");

    /// <summary>The query and the body have it.</summary>
    public static RequestException Twice() =>
        new(ProblemKind.TopKInvalid, $"{Parameter} is given twice, in the query and in the body; give it once.");
}
