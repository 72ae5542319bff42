namespace InferenceApi.Telemetry;

/// <summary>
/// What is counted and logged about one classify request. The walk fills it in step by step, so that a request that fails halfway is
/// reported with what is known. Used by one request; not thread-safe.
/// </summary>
public sealed class RequestRecord
{
    /// <summary>As the client wrote it; empty where the request asks for no classification.</summary>
    public string Model { get; set; } = "";

    /// <summary>Timestamp of the time provider when the first byte was there.</summary>
    public long Arrived { get; init; }

    /// <summary>A request of the rehearsal before the service is ready; it is not counted or logged.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>Of the leased model; 0 before.</summary>
    public int Version { get; set; }

    public int Images { get; set; }

    /// <summary>Images with an error in place of predictions.</summary>
    public int Failed { get; set; }

    /// <summary>Size of the encoded images.</summary>
    public long Bytes { get; set; }

    public StageTimings Timings { get; set; }

    /// <summary>Timestamp of the time provider when the walk ended and the answer began to be written; 0 before.</summary>
    public long Classified { get; set; }

    /// <summary>The slug of the problem that became the answer; null where it was answered.</summary>
    public string? Problem { get; set; }
}
