using InferenceApi.Batching;
using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Serving;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Classify;

/// <summary>The images of one request, each with an answer of its own: one bad picture does not fail its neighbours.</summary>
internal sealed class ClassifyBatch(ImageClassifier classifier, ServedModel model, AdmissionTicket ticket, int topK, InferenceMetrics metrics, CancellationToken cancellation, CancellationToken aborted)
{
    /// <summary>Answers in the request's order; where every image failed, the failure that becomes the response.</summary>
    public async Task<(ImageAnswer[] Answers, Problem? Failure, StageTimings Timings)> RunAsync(IReadOnlyList<UploadedImage> images)
    {
        Outcome[] outcomes = images.Count == 1
            ? [await ClassifyAsync(images[0])]
            // Decoding is synchronous work: on the pool, so that several images use several cores.
            : await Task.WhenAll(images.Select(image => Task.Run(() => ClassifyAsync(image), CancellationToken.None)));

        StageTimings timings = default;
        foreach (Outcome outcome in outcomes)
            if (outcome.Result is { } result) timings = StageTimings.Longest(timings, result.Timings);
        return (Array.ConvertAll(outcomes, outcome => outcome.Answer), FailureOf(outcomes), timings);
    }

    private static Problem? FailureOf(Outcome[] outcomes)
    {
        if (outcomes.Any(outcome => outcome.Problem is null)) return null;
        Problem first = outcomes[0].Problem!;
        return outcomes.Length == 1 ? first : first with { Detail = $"All {outcomes.Length} images failed; the first: {first.Detail}" };
    }

    private async Task<Outcome> ClassifyAsync(UploadedImage image)
    {
        if (image.Failure is not null) return Fail(image, image.Failure);
        try
        {
            ClassificationResult result = await classifier.ClassifyAsync(model, ticket, image.Bytes.Memory, topK, cancellation);
            metrics.ImageAnswered(model.Manifest.Name, result.Timings);
            return new Outcome(ImageAnswer.Of(image.Name, result, model.Labels), result, null);
        }
        catch (Exception failure) when (ProblemMapping.Of(failure) is { Kind: not ProblemKind.Internal } problem)
        {
            return Fail(image, problem);
        }
    }

    private Outcome Fail(UploadedImage image, Problem problem)
    {
        metrics.ImagesFailed(model.Manifest.Name, aborted.IsCancellationRequested ? ImageOutcome.Cancelled : RequestTelemetry.OutcomeOf(problem.Kind));
        return Outcome.Of(image.Name, problem);
    }

    private sealed record Outcome(ImageAnswer Answer, ClassificationResult? Result, Problem? Problem)
    {
        public static Outcome Of(string? name, Problem problem) => new(ImageAnswer.Of(name, problem), null, problem);
    }
}
