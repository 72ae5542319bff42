namespace Benchmarks.Load.Http;

/// <summary>What a benchmark needs to know of one HTTP response.</summary>
/// <param name="Status">HTTP status; 0 where none came.</param>
/// <param name="Batch">Batch size by the Server-Timing header; 0 where the server gives none.</param>
/// <param name="Length">Bytes received, head included.</param>
/// <param name="KeepAlive">Whether the connection takes another request.</param>
internal readonly record struct Answer(int Status, int Batch, int Length, bool KeepAlive)
{
    public bool IsSuccess => Status == 200;

    public bool IsRefusal => Status is 429 or 503 or 504;
}
