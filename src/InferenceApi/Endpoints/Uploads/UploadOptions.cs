using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>How much one request may carry. Section "Uploads".</summary>
public sealed class UploadOptions
{
    public const string Section = "Uploads";

    /// <summary>
    /// Largest request body in bytes; 1 KB to 1 GB, default 32 MiB. A photograph of a phone has 2 to 8 MB. Keep the ingress's limit
    /// at or above this one, or its answer will hide ours.
    /// </summary>
    [Range(1024, 1L << 30)]
    public long MaxRequestBytes { get; set; } = 32 << 20;

    /// <summary>Most images in one request; 1 to 1,024, default 64. More requests are as fast as larger ones: batching is across requests.</summary>
    [Range(1, 1024)]
    public int MaxImages { get; set; } = 64;
}
