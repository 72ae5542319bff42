using InferenceApi.Batching;
using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Serving;
using InferenceApi.Telemetry;
using Microsoft.Extensions.Options;

namespace InferenceApi.Endpoints.Classify;

/// <summary>POST /v1/models/{model}:classify.</summary>
internal static class ClassifyEndpoint
{
    public const string Route = "/v1/models/{model}:classify";

    public static void MapClassify(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route, ClassifyAsync)
            .WithName("Classify")
            .WithSummary("Classify one or more pictures.")
            .WithTags("Classify")
            .Produces<ClassifyResponse>();

        // Without this, GET …:classify would match GET /v1/models/{model} as a model called "x:classify".
        routes.RefuseOtherVerbs(Route, "POST");
    }

    private static async Task ClassifyAsync(
        HttpContext context,
        string model,
        ServedModels models,
        ImageClassifier classifier,
        IOptions<UploadOptions> uploads,
        IOptions<RequestOptions> requests,
        InferenceMetrics metrics,
        TimeProvider time)
    {
        var record = new RequestRecord { Model = model };
        context.Features.Set(record);
        TimeSpan allowed = RequestDeadline.Allowed(context.Request, requests.Value);
        long deadline = time.GetTimestamp() + (long)(allowed.TotalSeconds * time.TimestampFrequency);
        using var expiry = new CancellationTokenSource(allowed, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, expiry.Token);
        CancellationToken cancellation = either.Token;

        // Everything that can be refused without the body, before the body; and nothing is loaded for a request that is malformed.
        Upload.Check(context.Request, uploads.Value);
        TopK.CheckShape(context.Request);
        using ModelLease lease = await models.AcquireAsync(model, cancellation);
        record.Version = lease.Model.Manifest.Version;
        TopK.Of(context.Request, inBody: null, lease.Model.Classes);
        using AdmissionTicket first = classifier.Admit(lease.Model, images: 1, deadline);
        using Upload upload = await Upload.ReadAsync(context.Request, uploads.Value, cancellation);

        int topK = TopK.Of(context.Request, upload.TopK, lease.Model.Classes);
        record.Images = upload.Images.Count;
        record.Bytes = upload.Images.Sum(image => (long)image.Bytes.Length);

        // How many images a body has is known only once it is read; then all of them are admitted, or none.
        if (upload.Images.Count > lease.Model.QueueCapacity) throw UploadException.TooMany(lease.Model.QueueCapacity);
        if (upload.Images.Count > 1) first.Dispose();
        using AdmissionTicket? all = upload.Images.Count > 1 ? classifier.Admit(lease.Model, upload.Images.Count, deadline) : null;
        var batch = new ClassifyBatch(classifier, lease.Model, all ?? first, topK, metrics, cancellation, context.RequestAborted);
        (ImageAnswer[] answers, Problem? failure, StageTimings timings) = await batch.RunAsync(upload.Images);
        record.Timings = timings;
        record.Failed = answers.Count(answer => answer.Error is not null);
        if (failure is not null)
        {
            await failure.WriteAsync(context);
            return;
        }

        var manifest = lease.Model.Manifest;
        context.Response.Headers["Server-Timing"] = ServerTiming.Format(timings);
        context.Response.Headers.CacheControl = "no-store";
        var body = new ClassifyResponse(manifest.Name, manifest.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), manifest.Origin, answers);
        await context.Response.WriteAsJsonAsync(body, ApiJson.Readable.ClassifyResponse, cancellationToken: context.RequestAborted);
    }
}
