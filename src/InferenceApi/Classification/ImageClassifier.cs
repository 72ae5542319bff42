using Imaging;
using Imaging.Decoding;
using InferenceApi.Batching;
using InferenceApi.Serving;
using InferenceApi.Telemetry;

namespace InferenceApi.Classification;

/// <summary>
/// The request's way, from encoded bytes to ranked classes; the only place that knows the order of the stages.
/// <code>
///  1 Admit      refuse at once what cannot be answered in time          (Admit, before the body is read)
///  2 Read       the body, once, into pooled memory                      (the endpoint)
///  3 Decode     header first, refuse by pixel count, then pixels  ┐ before the queue, in parallel,
///  4 Prepare    resize, crop, normalise into pooled memory        ┘ bounded by the preparation slots
///  5 Enqueue    ownership of the prepared image passes to the queue
///  6 Batch      a free session takes a compute slot and then everything that waits
///  7 Run        one native call
///  8 Hand back  each row to its caller
///  9 Rank       softmax and top-k on the request's thread
/// 10 Answer     JSON and Server-Timing                                   (the endpoint)
/// </code>
/// </summary>
public sealed class ImageClassifier(ImagePreprocessor preprocessor, PreparationSlots slots, TimeProvider time)
{
    /// <summary>Step 1: places in the model's line, to be disposed when the request is over.</summary>
    /// <param name="model">Whose line the images would join.</param>
    /// <param name="images">How many; at least 1.</param>
    /// <param name="deadline">Timestamp of the time provider by which the caller wants the answer.</param>
    /// <exception cref="OverloadedException">By the measured pace they would be late.</exception>
    public AdmissionTicket Admit(ServedModel model, int images, long deadline) => model.Admit(images, deadline, slots.Backlog);

    /// <summary>Steps 3 to 9 for one picture.</summary>
    /// <param name="model">A leased model.</param>
    /// <param name="ticket">With a place left for this picture; one that misses the ticket's deadline is dropped before it runs.</param>
    /// <param name="encoded">The file's bytes; must stay valid until the task has ended.</param>
    /// <param name="topK">1 to the model's classes.</param>
    /// <param name="cancellation">The caller left or ran out of time.</param>
    /// <exception cref="InvalidImageException">The bytes are no picture that can be classified.</exception>
    public async Task<ClassificationResult> ClassifyAsync(
        ServedModel model, AdmissionTicket ticket, ReadOnlyMemory<byte> encoded, int topK, CancellationToken cancellation)
    {
        ImageTimings imaging = default;
        PreparedImage image = await slots.RunAsync(
            () => preprocessor.Preprocess(encoded, model.Manifest.Preprocessing, out imaging), cancellation);
        DateTimeOffset prepared = time.GetUtcNow();
        InferenceTracing.Prepared(prepared, imaging.Decode, imaging.Prepare);
        (int width, int height) = (image.SourceWidth, image.SourceHeight);

        using ImageResult answer = await model.EnqueueAsync(ticket, image, cancellation);
        InferenceTracing.Queued(prepared, answer.QueueTime, answer.RunSpan);

        long start = time.GetTimestamp();
        Prediction[] predictions = TopPredictions.Rank(answer.Logits, topK);
        double rank = time.GetElapsedTime(start).TotalMilliseconds;
        var timings = new StageTimings(
            imaging.Decode.TotalMilliseconds, imaging.Prepare.TotalMilliseconds,
            answer.QueueTime.TotalMilliseconds, answer.RunTime.TotalMilliseconds, rank, answer.BatchSize);
        return new ClassificationResult(width, height, predictions, timings);
    }
}
