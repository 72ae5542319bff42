using System.Globalization;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Uploads;

namespace InferenceApi.Endpoints.Classify;

/// <summary>How many classes to answer: top_k of the query, or a field of the form or member of the JSON of that name.</summary>
internal static class TopK
{
    public const string Parameter = "top_k";
    public const int Default = 5;

    /// <summary>Refuses any other query parameter and what is no whole number, before a model is loaded.</summary>
    /// <exception cref="UploadException">The query has something else.</exception>
    public static void CheckShape(HttpRequest request)
    {
        foreach (string name in request.Query.Keys)
        {
            if (!name.Equals(Parameter, StringComparison.OrdinalIgnoreCase))
                throw UploadException.Malformed($"There is no query parameter '{Printable.Of(name)}'; the only one is {Parameter}.");
        }

        if (InQuery(request) is { } text) Parse(text);
    }

    /// <summary>1 to the model's classes; 5, or all classes where there are fewer, when it is given nowhere.</summary>
    /// <param name="request">For its query.</param>
    /// <param name="inBody">As the body has it; null where it has none, or has not been read.</param>
    /// <param name="classes">Of the model.</param>
    /// <exception cref="UploadException">It is something else, or given twice.</exception>
    public static int Of(HttpRequest request, string? inBody, int classes)
    {
        string? inQuery = InQuery(request);
        if (inQuery is not null && inBody is not null) throw Invalid("is given twice, in the query and in the body; give it once.");
        if ((inQuery ?? inBody) is not { } text) return Math.Min(Default, classes);
        int value = Parse(text);
        return value >= 1 && value <= classes
            ? value
            : throw Invalid($"is {value}; it must be 1 to {classes}, the model's number of classes.");
    }

    private static string? InQuery(HttpRequest request) => request.Query.TryGetValue(Parameter, out var values) ? values.ToString() : null;

    private static int Parse(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Invalid($"is '{Printable.Of(text)}'; it must be a whole number.");

    private static UploadException Invalid(string what) => new(ProblemKind.TopKInvalid, $"{Parameter} {what}");
}
