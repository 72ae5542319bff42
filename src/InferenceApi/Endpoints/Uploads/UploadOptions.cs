using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>How much one request may carry. Section "Uploads".</summary>
public sealed class UploadOptions
{
    public const string Section = "Uploads";

    /// <summary>
    /// Largest request body in bytes. A photograph of a phone has 2 to 8 MB. The limit of the ingress must be the same or larger, or its
    /// answer hides ours.
    /// </summary>
    [Range(1024, 1L << 30)]
    public long MaxRequestBytes { get; set; } = 32 << 20;

    /// <summary>Most images of one request. More requests are as fast as larger ones: batching is across requests.</summary>
    [Range(1, 1024)]
    public int MaxImages { get; set; } = 64;
}
