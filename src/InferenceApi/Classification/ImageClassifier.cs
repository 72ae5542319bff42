using System.Buffers;
using Imaging;
using Imaging.Decoding;
using InferenceApi.Batching;
using InferenceApi.Serving;
using InferenceApi.Telemetry;

namespace InferenceApi.Classification;

/// <summary>
/// The request's way, for every protocol, from the first byte to ranked classes; the only place that knows the order of the steps.
/// <code>
///  1 Estimate   refuse what is hopeless before its body is read; nothing is held yet
///  2 Read       the body, once, into pooled memory, as the protocol has it
///  3 Inspect    the header of every image
///  4 Admit      all images of the request, or none; a place is held from here to the answer
///  5 Decode     and prepare (resize, crop, normalise), in parallel, bounded by the preparation slots
///  6 Enqueue    ownership of the prepared image passes to the queue
///  7 Batch      a free instance takes a compute slot and then everything that waits   ┐
///  8 Run        one native call                                                       │ BatchWorker
///  9 Hand back  each row to its caller                                                ┘
/// 10 Rank       softmax and top-k on the request's thread
/// </code>
/// The protocol then writes its answer. An image fails alone; the request fails where all of its images do.
/// </summary>
public sealed class ImageClassifier(
    ServedModels models,
    ImagePreprocessor preprocessor,
    PreparationSlots slots,
    CallerShares shares,
    InferenceMetrics metrics,
    TimeProvider time)
{
    /// <summary>Classifies the images of one request.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="read">Reads the request's body; called at most once. What it throws goes through as it is.</param>
    /// <param name="cancellation">The caller leaves.</param>
    /// <exception cref="ClassificationException">Nothing could be classified.</exception>
    public async Task<ClassificationReply> ClassifyAsync(ClassificationRequest request, ImageReader read, CancellationToken cancellation)
    {
        RequestRecord record = request.Record;
        TimeSpan left = request.Allowed - time.GetElapsedTime(record.Arrived);
        using var expiry = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        try
        {
            return await WalkAsync(request, read, cancellation, either.Token);
        }
        catch (Exception thrown)
            when (!cancellation.IsCancellationRequested && Failure.Of(thrown) is { Kind: not FailureKind.Internal } failure)
        {
            if (failure.Kind == FailureKind.Overloaded && !record.IsRehearsal)
                metrics.ImagesFailed(record.Model, ImageOutcome.Refused, Math.Max(1, record.Images));
            throw new ClassificationException(failure);
        }
        finally
        {
            record.Classified = time.GetTimestamp();
            // A request that ended while its body was read, or before.
            if (record.Images == 0) record.Timings = new() { Read = time.GetElapsedTime(record.Arrived, record.Classified) };
        }
    }

    /// <param name="request">What is asked.</param>
    /// <param name="read">Reads the body.</param>
    /// <param name="aborted">The caller leaves.</param>
    /// <param name="cancellation">The caller leaves or its time is up.</param>
    private async Task<ClassificationReply> WalkAsync(
        ClassificationRequest request, ImageReader read, CancellationToken aborted, CancellationToken cancellation)
    {
        RequestRecord record = request.Record;
        long deadline = record.Arrived + (long)(request.Allowed.TotalSeconds * time.TimestampFrequency);

        // 1 Estimate
        if (await models.FindAsync(request.Model, cancellation) is { } loaded)
        {
            request.TopKOf(loaded.Classes);
            loaded.CheckDeadline(deadline, slots.Backlog(), slots.Pending > 0);
        }

        // 2 Read
        using EncodedImages images = await read(cancellation);
        long complete = time.GetTimestamp();
        record.Images = images.Count;
        record.Bytes = images.Bytes;
        record.Timings = new() { Read = Ended("read", record.Arrived, complete) };

        // 3 Inspect
        ImageHeader?[] headers = new ImageHeader?[images.Count];
        ImageReply[] replies = [.. images.Select((image, index) => Inspect(image, out headers[index]))];
        int good = replies.Count(reply => reply.Failure is null);
        if (good == 0) throw AllFailed(record, replies, aborted);

        // 4 Admit
        using ModelLease lease = await models.AcquireAsync(request.Model, cancellation);
        ServedModel model = lease.Model;
        record.Version = model.Manifest.Version;
        int topK = request.TopKOf(model.Classes, images.TopK);
        if (good > model.QueueCapacity) throw TooMany(model.QueueCapacity);
        using CallerShares.Places places = shares.Take(request.Caller, request.Model, good, model.QueueCapacity);
        TimeSpan preparation = slots.Backlog(headers.OfType<ImageHeader>().Select(header => header.Cost));
        using AdmissionTicket ticket = model.Admit(good, deadline, preparation, slots.Pending > 0);
        record.Timings = record.Timings with { Admit = Ended("admit", complete, time.GetTimestamp()) };

        // 5 to 10, image by image
        if (images.Count == 1)
            replies[0] = await ClassifyAsync(model, ticket, images[0], headers[0]!.Value, topK, cancellation);
        else
            await Task.WhenAll(images.Select((image, index) => replies[index].Failure is null ? OnPool(image, index) : Task.CompletedTask));

        if (Array.TrueForAll(replies, reply => reply.Failure is not null)) throw AllFailed(record, replies, aborted);
        Count(record, replies, aborted);
        return new ClassificationReply(model.Manifest, model.Labels, replies);

        // Decoding is synchronous work: on the pool, so that several images use several cores.
        Task OnPool(EncodedImage image, int index) => Task.Run(
            async () => replies[index] = await ClassifyAsync(model, ticket, image, headers[index]!.Value, topK, cancellation),
            CancellationToken.None);
    }

    /// <summary>Step 3: what the header alone gives away. A reply without failure and without predictions goes on.</summary>
    private ImageReply Inspect(EncodedImage image, out ImageHeader? header)
    {
        header = null;
        if (image.Failure is { } failure) return new(image.Name) { Failure = new(FailureKind.Protocol, failure.Message, Cause: failure) };
        try
        {
            header = preprocessor.Inspect(image.File.Memory.Span);
            return new(image.Name);
        }
        catch (InvalidImageException invalid)
        {
            return new(image.Name) { Failure = Failure.Of(invalid) };
        }
    }

    /// <summary>Steps 5 to 10 of one image. Whatever fails is its reply.</summary>
    private async Task<ImageReply> ClassifyAsync(
        ServedModel model, AdmissionTicket ticket, EncodedImage image, ImageHeader header, int topK, CancellationToken cancellation)
    {
        try
        {
            // 5 Decode and prepare
            long admitted = time.GetTimestamp(), begun = admitted;
            ImageTimings imaging = default;
            PreparedImage prepared = await slots.RunAsync(
                header.Cost,
                () =>
                {
                    begun = time.GetTimestamp();
                    return preprocessor.Preprocess(image.File.Memory, header, model.Manifest.Preprocessing, out imaging, cancellation);
                },
                cancellation);
            long ready = time.GetTimestamp();
            var timings = new StageTimings
            {
                Slot = time.GetElapsedTime(admitted, begun),
                Decode = time.GetElapsedTime(begun, ready) - imaging.Prepare,
                Prepare = imaging.Prepare,
            };
            DateTimeOffset now = time.GetUtcNow();
            InferenceTracing.Stage("slot", now - timings.Prepare - timings.Decode, timings.Slot);
            InferenceTracing.Stage("decode", now - timings.Prepare, timings.Decode);
            InferenceTracing.Stage("prepare", now, timings.Prepare);

            (int width, int height) = (prepared.SourceWidth, prepared.SourceHeight);
            (Prediction[] predictions, timings) = await RunAsync(ticket, prepared, ready, timings, topK, cancellation);
            return new(image.Name) { Width = width, Height = height, Predictions = predictions, Timings = timings };
        }
#pragma warning disable CA1031 // Whatever is thrown for one image is that image's failure; its neighbours are answered.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return new(image.Name) { Failure = Failure.Of(thrown) };
        }
    }

    /// <summary>Steps 6 to 10: from a tensor to ranked classes. A tensor that comes prepared enters here.</summary>
    /// <param name="ticket">With a place left for it.</param>
    /// <param name="tensor">Passes to the queue.</param>
    /// <param name="ready">Timestamp when it was prepared.</param>
    /// <param name="timings">Of the stages before; the rest is filled in.</param>
    /// <param name="topK">1 to the model's classes.</param>
    /// <param name="cancellation">The caller leaves or its time is up.</param>
    private async Task<(Prediction[] Predictions, StageTimings Timings)> RunAsync(
        AdmissionTicket ticket, IMemoryOwner<float> tensor, long ready, StageTimings timings, int topK, CancellationToken cancellation)
    {
        // 6 Enqueue; 7 Batch, 8 Run and 9 Hand back are the worker's
        using ImageResult row = await ticket.EnqueueAsync(tensor, cancellation);

        // 10 Rank
        Prediction[] predictions = TopPredictions.Rank(row.Logits, topK);
        timings = timings with
        {
            Queue = row.QueueTime,
            Run = row.RunTime,
            Rank = time.GetElapsedTime(ready) - row.QueueTime - row.RunTime,
            Batch = row.BatchSize,
        };
        DateTimeOffset now = time.GetUtcNow();
        InferenceTracing.Stage("queue", now - timings.Rank - timings.Run, timings.Queue, row.RunSpan);
        InferenceTracing.Stage("rank", now, timings.Rank);
        return (predictions, timings);
    }

    private static ClassificationException TooMany(int capacity) => new(new Failure(
        FailureKind.TooManyImages,
        $"The request has more images than the model's queue holds ({capacity}, Serving:QueueCapacity). Send several requests; the "
        + "service batches across requests."));

    private ClassificationException AllFailed(RequestRecord record, ImageReply[] replies, CancellationToken aborted)
    {
        Count(record, replies, aborted);
        Failure first = replies[0].Failure!;
        return new(replies.Length == 1 ? first : first with { Detail = $"All {replies.Length} images failed; the first: {first.Detail}" });
    }

    private void Count(RequestRecord record, ImageReply[] replies, CancellationToken aborted)
    {
        foreach (ImageReply reply in replies)
        {
            record.Timings = StageTimings.Longest(record.Timings, reply.Timings);
            if (reply.Failure is not null) record.Failed++;
            if (record.IsRehearsal) continue;
            if (reply.Failure is not { } failure) metrics.ImageAnswered(record.Model, reply.Timings);
            else metrics.ImagesFailed(record.Model, aborted.IsCancellationRequested ? ImageOutcome.Cancelled : failure.Outcome);
        }
    }

    private TimeSpan Ended(string stage, long from, long to)
    {
        TimeSpan duration = time.GetElapsedTime(from, to);
        InferenceTracing.Stage(stage, time.GetUtcNow(), duration);
        return duration;
    }
}
