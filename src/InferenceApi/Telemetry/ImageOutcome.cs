namespace InferenceApi.Telemetry;

/// <summary>What became of one picture of a request.</summary>
public enum ImageOutcome
{
    /// <summary>Answered with predictions.</summary>
    Ok,

    /// <summary>Its bytes are no picture that can be classified.</summary>
    BadImage,

    /// <summary>Turned away before any work, because it would have been answered too late.</summary>
    Refused,

    /// <summary>Its deadline passed before its run began.</summary>
    Expired,

    /// <summary>Its caller left.</summary>
    Cancelled,

    /// <summary>The service's own fault.</summary>
    Failed,
}
