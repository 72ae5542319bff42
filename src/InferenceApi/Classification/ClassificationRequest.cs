using System.Net;
using InferenceApi.Telemetry;

namespace InferenceApi.Classification;

/// <summary>What a caller asks, in whichever protocol.</summary>
/// <param name="Record">What is counted and logged of it; the walk fills it in.</param>
/// <param name="Allowed">How long the caller is willing to wait, from the first byte on.</param>
/// <param name="TopK">How many classes to answer; null for <see cref="DefaultTopK"/>, or all where the model has fewer.</param>
/// <param name="Caller">Whose share its places are counted in; null where it is not known.</param>
public sealed record ClassificationRequest(RequestRecord Record, TimeSpan Allowed, int? TopK, IPAddress? Caller = null)
{
    /// <summary>The five that ImageNet's top-5 accuracy counts.</summary>
    public const int DefaultTopK = 5;

    /// <summary>The name of the model, as the client wrote it.</summary>
    public string Model => Record.Model;

    /// <summary>How many of a model's classes to answer.</summary>
    /// <param name="classes">Of the model.</param>
    /// <param name="inBody">As the body has it, once it is read.</param>
    /// <exception cref="ClassificationException">Fewer than one, or more than there are.</exception>
    internal int TopKOf(int classes, int? inBody = null)
    {
        if ((TopK ?? inBody) is not { } count) return Math.Min(DefaultTopK, classes);
        if (count >= 1 && count <= classes) return count;
        throw new ClassificationException(
            new Failure(FailureKind.TopKInvalid, $"top_k is {count}; it must be 1 to {classes}, the model's number of classes."));
    }
}
