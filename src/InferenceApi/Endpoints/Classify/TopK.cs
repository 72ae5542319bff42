using System.Globalization;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Uploads;

namespace InferenceApi.Endpoints.Classify;

/// <summary>The query parameter top_k: how many classes to answer.</summary>
internal static class TopK
{
    public const string Parameter = "top_k";
    public const int Default = 5;

    /// <summary>Refuses what is no whole number, before a model is loaded for it.</summary>
    public static void CheckShape(HttpRequest request) => Parse(request);

    /// <summary>1 to the model's classes; 5, or all classes where there are fewer, when the parameter is absent.</summary>
    /// <exception cref="UploadException">It is something else.</exception>
    public static int Of(HttpRequest request, int classes)
    {
        if (Parse(request) is not { } value) return Math.Min(Default, classes);
        if (value < 1 || value > classes)
            throw new UploadException(ProblemKind.TopKInvalid, $"{Parameter} is {value}; it must be 1 to {classes}, the model's number of classes.");
        return value;
    }

    private static int? Parse(HttpRequest request)
    {
        if (!request.Query.TryGetValue(Parameter, out var values)) return null;
        string text = values.ToString();
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new UploadException(ProblemKind.TopKInvalid, $"{Parameter} is '{Printable.Of(text)}'; it must be a whole number.");
    }
}
