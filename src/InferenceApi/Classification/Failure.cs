using Imaging.Decoding;
using InferenceApi.Batching;
using InferenceApi.Serving;
using InferenceApi.Telemetry;

namespace InferenceApi.Classification;

/// <summary>Why an image or a request has no predictions, told apart by what the caller can do about it.</summary>
public enum FailureKind
{
    /// <summary>No such model is installed; <see cref="Failure.Cause"/> is an <see cref="UnknownModelException"/>.</summary>
    ModelUnknown,

    /// <summary>The model is installed and cannot be used now.</summary>
    ModelUnavailable,

    /// <summary>The service is shutting down; another instance answers.</summary>
    ShuttingDown,

    /// <summary>More classes are asked for than the model has, or fewer than one.</summary>
    TopKInvalid,

    /// <summary>More images in one request than the model's queue can hold.</summary>
    TooManyImages,

    /// <summary>Refused at once, because it would have been answered too late.</summary>
    Overloaded,

    /// <summary>The caller's time was up before its run began.</summary>
    DeadlineExceeded,

    /// <summary>The run that the image was part of failed, hung or had no memory; the next may do.</summary>
    RunFailed,

    /// <summary>The bytes are of no supported format.</summary>
    ImageFormatUnsupported,

    /// <summary>The image is damaged, truncated or of a kind that is not read.</summary>
    ImageUnreadable,

    /// <summary>The image has more pixels than are accepted.</summary>
    ImageTooLarge,

    /// <summary>Decoding the image takes more processor time or memory than one picture may have.</summary>
    ImageTooCostly,

    /// <summary>The request could not be taken apart; <see cref="Failure.Cause"/> is the protocol's own exception.</summary>
    Protocol,

    /// <summary>The service's own fault.</summary>
    Internal,
}

/// <summary>One failure, in no protocol yet.</summary>
/// <param name="Kind">What the caller can do about it.</param>
/// <param name="Detail">This occurrence, in a sentence for the caller; never carries internals.</param>
/// <param name="RetryAfter">When trying again makes sense; null where it does not.</param>
/// <param name="Cause">For the log.</param>
public sealed record Failure(FailureKind Kind, string Detail, TimeSpan? RetryAfter = null, Exception? Cause = null)
{
    // A model that is loaded anew; an instance that is opened anew, or memory that another run gives back.
    private static readonly TimeSpan ModelRetry =
        TimeSpan.FromSeconds(5), RunRetry = TimeSpan.FromSeconds(1), StoppingRetry = TimeSpan.FromSeconds(1);

    /// <summary>How an image that failed so is counted.</summary>
    public ImageOutcome Outcome => Kind switch
    {
        FailureKind.Overloaded or FailureKind.ModelUnavailable or FailureKind.ShuttingDown => ImageOutcome.Refused,
        FailureKind.DeadlineExceeded => ImageOutcome.Expired,
        FailureKind.Internal or FailureKind.RunFailed => ImageOutcome.Failed,
        _ => ImageOutcome.BadImage,
    };

    /// <summary>From what was thrown to what is told: only messages written for callers get out.</summary>
    public static Failure Of(Exception thrown) => thrown switch
    {
        ClassificationException known => known.Failure,
        InvalidImageException image => new(KindOf(image.Reason), image.Message, Cause: thrown),
        UnknownModelException => new(FailureKind.ModelUnknown, thrown.Message, Cause: thrown),
        ServiceStoppingException => new(FailureKind.ShuttingDown, ReadinessState.Stopping, StoppingRetry, thrown),
        ModelUnavailableException or StoreUnavailableException or QueueClosedException =>
            new(FailureKind.ModelUnavailable, thrown.Message, ModelRetry, thrown),
        OverloadedException overloaded => new(FailureKind.Overloaded, thrown.Message, overloaded.RetryAfter, thrown),
        DeadlineExceededException => new(FailureKind.DeadlineExceeded, thrown.Message, Cause: thrown),
        OperationCanceledException =>
            new(FailureKind.DeadlineExceeded, "The request did not finish in the time it was allowed.", Cause: thrown),
        RunFailedException run => new(FailureKind.RunFailed, DetailOf(run), RunRetry, thrown),
        _ => new(FailureKind.Internal, "The service failed to answer; its log has the cause under this trace id.", Cause: thrown),
    };

    private static string DetailOf(RunFailedException run) => run switch
    {
        { IsOutOfMemory: true } => "There was no memory for the run that this image was part of.",
        { IsOverdue: true } => "The run that this image was part of did not end and was given up.",
        _ => "The run that this image was part of failed.",
    };

    private static FailureKind KindOf(InvalidImageReason reason) => reason switch
    {
        InvalidImageReason.UnknownFormat => FailureKind.ImageFormatUnsupported,
        InvalidImageReason.TooManyPixels => FailureKind.ImageTooLarge,
        InvalidImageReason.TooCostly => FailureKind.ImageTooCostly,
        _ => FailureKind.ImageUnreadable,
    };
}
