using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using ModelStore;

namespace InferenceApi.Endpoints.Classify;

/// <summary>The answer of :classify.</summary>
/// <param name="Model">Name of the model that answered.</param>
/// <param name="Version">Its version in the store.</param>
/// <param name="Weights">official, custom or synthetic; synthetic answers mean nothing.</param>
/// <param name="Precision">
/// fp32, fp16 or int8, inside the network; GET /v1/models/{model} gives the agreement of the latter two with fp32.
/// </param>
/// <param name="Results">One for each image, in the order of the request.</param>
internal sealed record ClassifyResponse(string Model, string Version, ModelOrigin Weights, string Precision, ImageAnswer[] Results)
{
    public static ClassifyResponse Of(ClassificationReply reply) => new(
        reply.Manifest.Name,
        reply.Manifest.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
        reply.Manifest.Origin,
        reply.Manifest.Precision,
        [.. reply.Images.Select(image => ImageAnswer.Of(image, reply.Labels))]);
}

/// <summary>One image's answer: predictions, or an error in their place.</summary>
/// <param name="Name">The file name the client gave; absent where it gave none.</param>
/// <param name="Width">Of the picture as sent, in pixels; absent on an error.</param>
/// <param name="Height">Of the picture as sent, in pixels; absent on an error.</param>
/// <param name="Predictions">Most probable first; absent on an error.</param>
/// <param name="Error">Why this image has no predictions.</param>
internal sealed record ImageAnswer(string? Name, int? Width, int? Height, LabelledPrediction[]? Predictions, ProblemBody? Error)
{
    public static ImageAnswer Of(ImageReply image, LabelSet labels) => image.Failure is { } failure
        ? new(image.Name, null, null, null, ProblemBody.Of(ProblemMapping.Of(failure), traceId: null))
        : new(
            image.Name,
            image.Width,
            image.Height,
            Array.ConvertAll(image.Predictions, prediction => LabelledPrediction.Of(prediction, labels[prediction.Index])),
            null);
}

/// <summary>One class of an answer, with its name.</summary>
/// <param name="Index">Position in the logits.</param>
/// <param name="Wnid">WordNet identifier; absent for custom labels without one.</param>
/// <param name="Label">For people.</param>
/// <param name="Probability">Softmax over all classes, 0 to 1.</param>
internal sealed record LabelledPrediction(int Index, string? Wnid, string Label, double Probability)
{
    // Beyond the seventh decimal float32 logits carry no information.
    public static LabelledPrediction Of(Prediction prediction, ClassLabel label) =>
        new(prediction.Index, label.Wnid, label.Name, Math.Round(prediction.Probability, 7));
}
