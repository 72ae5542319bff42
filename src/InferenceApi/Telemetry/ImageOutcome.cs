namespace InferenceApi.Telemetry;

/// <summary>The outcome of one picture of a request.</summary>
public enum ImageOutcome
{
    /// <summary>Answered with predictions.</summary>
    Ok,

    /// <summary>Its bytes are not a picture that can be classified.</summary>
    BadImage,

    /// <summary>Refused before any work, because it would miss its deadline.</summary>
    Refused,

    /// <summary>Its deadline passed before its run began.</summary>
    Expired,

    /// <summary>Its caller left.</summary>
    Cancelled,

    /// <summary>The service's own fault.</summary>
    Failed,
}
