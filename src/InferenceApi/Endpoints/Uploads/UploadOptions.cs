using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>How much one request may carry, and all that are being read. Section "Uploads".</summary>
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

    /// <summary>
    /// Most bodies that are being read at once; one more is 429. Each takes a first buffer of 256 KB, and all of those at most half of
    /// <see cref="MemoryBudget"/>, so the limit is lower where that is small. Where none is left the slowest below <see cref="MinRate"/>
    /// gives way.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxReading { get; set; } = 1024;

    /// <summary>
    /// Bytes of memory that all uploads may hold, from their first byte to their answer; more is 429, but one alone always fits. 0: an
    /// eighth of the memory that the container or machine has, and at least 64 MB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MemoryBudget { get; set; }

    /// <summary>
    /// Bytes a second that a body must have come with on average after <see cref="Grace"/>, or the answer is 408. So a body of 1 MB is read
    /// for some 4 minutes at most, and none for longer than its request is allowed. A phone on EDGE sends 10 000.
    /// </summary>
    [Range(1, 1 << 30)]
    public int MinRate { get; set; } = 4096;

    /// <summary>How long a body may come as slowly as it likes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Per cent of the bodies being read, of their memory and of the places in a model's queue that one address (of IPv6 the first 64 bits)
    /// may hold; 100 where all requests come from a proxy that is not among Connections:TrustedProxies.
    /// </summary>
    [Range(1, 100)]
    public int AddressPercent { get; set; } = 50;

    /// <summary><see cref="MemoryBudget"/> with its default filled in.</summary>
    internal long MemoryBudgetOr(long available) => MemoryBudget > 0 ? MemoryBudget : Math.Max(available / 8, 64 << 20);
}
