using InferenceApi.Endpoints.Problems;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Requests;

/// <summary>What is to be counted and logged of one classify request; filled in as it goes.</summary>
internal sealed class RequestRecord
{
    /// <summary>As the client wrote it.</summary>
    public required string Model { get; init; }

    /// <summary>Of the leased model; 0 before.</summary>
    public int Version { get; set; }

    public int Images { get; set; }

    /// <summary>Images with an error in place of predictions.</summary>
    public int Failed { get; set; }

    /// <summary>Size of the pictures.</summary>
    public long Bytes { get; set; }

    /// <summary>The longest of each stage.</summary>
    public StageTimings Timings { get; set; }

    /// <summary>The failure that became the answer.</summary>
    public ProblemKind? Problem { get; set; }
}
