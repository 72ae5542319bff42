using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Endpoints.Requests;

/// <summary>How long requests may take. Section "Requests".</summary>
public sealed class RequestOptions : IValidatableObject
{
    public const string Section = "Requests";

    /// <summary>
    /// Deadline of requests without <c>X-Request-Timeout</c>. A request that cannot be answered in this time is refused at once, so it also
    /// bounds how long the queue can get. The read timeout of the ingress must be longer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most that a caller may ask for with <c>X-Request-Timeout</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What the attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DefaultTimeout > MaxTimeout)
        {
            yield return new ValidationResult(
                $"Requests:DefaultTimeout is '{DefaultTimeout:c}'; allowed: at most Requests:MaxTimeout, which is '{MaxTimeout:c}'.",
                [nameof(DefaultTimeout)]);
        }
    }
}
