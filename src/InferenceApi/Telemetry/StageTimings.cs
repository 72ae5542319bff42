namespace InferenceApi.Telemetry;

/// <summary>
/// Where a request's time went, stage by stage and without a gap: the stages of a request with one image add up to its duration. For
/// several images each stage is the longest of any of them, because that is what the caller waited for.
/// </summary>
public readonly record struct StageTimings
{
    /// <summary>From the first byte of the request to the last of its body, the estimate at the door included. Once a request.</summary>
    public TimeSpan Read { get; init; }

    /// <summary>Inspecting the headers of the images, waiting for the model where it must be loaded, admission. Once a request.</summary>
    public TimeSpan Admit { get; init; }

    /// <summary>Waiting for a slot to decode on.</summary>
    public TimeSpan Slot { get; init; }

    /// <summary>Entropy decoding and colour conversion.</summary>
    public TimeSpan Decode { get; init; }

    /// <summary>Resize, crop and normalise.</summary>
    public TimeSpan Prepare { get; init; }

    /// <summary>From the end of preparation to the start of the run.</summary>
    public TimeSpan Queue { get; init; }

    /// <summary>The native call, shared by the whole batch.</summary>
    public TimeSpan Run { get; init; }

    /// <summary>From the end of the run: handing the row back, softmax and top-k.</summary>
    public TimeSpan Rank { get; init; }

    /// <summary>Images in the run.</summary>
    public int Batch { get; init; }

    /// <summary>The longest of each stage.</summary>
    public static StageTimings Longest(in StageTimings a, in StageTimings b) => new()
    {
        Read = Max(a.Read, b.Read),
        Admit = Max(a.Admit, b.Admit),
        Slot = Max(a.Slot, b.Slot),
        Decode = Max(a.Decode, b.Decode),
        Prepare = Max(a.Prepare, b.Prepare),
        Queue = Max(a.Queue, b.Queue),
        Run = Max(a.Run, b.Run),
        Rank = Max(a.Rank, b.Rank),
        Batch = Math.Max(a.Batch, b.Batch),
    };

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
