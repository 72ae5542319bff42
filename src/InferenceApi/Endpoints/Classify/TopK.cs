using System.Globalization;
using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Classify;

/// <summary>The query parameter top_k: how many classes to answer.</summary>
internal static class TopK
{
    public const string Parameter = "top_k";

    /// <summary>What the caller wrote; null where it wrote nothing. The walk compares it with the model's classes.</summary>
    /// <exception cref="RequestException">It is no whole number.</exception>
    public static int? Of(HttpRequest request)
    {
        if (!request.Query.TryGetValue(Parameter, out var values)) return null;
        string text = values.ToString();
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new RequestException(ProblemKind.TopKInvalid, $"{Parameter} is '{Printable.Of(text)}'; it must be a whole number.");
    }
}
