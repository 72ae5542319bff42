using System.Globalization;
using System.Text;

namespace Benchmarks.Load.Http;

/// <summary>Requests as bytes, made once, so that sending one costs the generator a single system call.</summary>
internal static class ClassifyRequest
{
    /// <param name="model">Name of the model.</param>
    /// <param name="picture">The encoded picture: the body.</param>
    /// <param name="timeout">Becomes X-Request-Timeout, in seconds; null for the server's default.</param>
    public static byte[] Serialize(string model, byte[] picture, TimeSpan? timeout = null)
    {
        string patience = timeout is { } limit
            ? string.Create(CultureInfo.InvariantCulture, $"X-Request-Timeout: {limit.TotalSeconds:0.###}\r\n")
            : "";
        string head = $"POST /v1/models/{model}:classify?top_k=5 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\n"
            + $"{patience}Content-Length: {picture.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. picture];
    }

    /// <summary>One request for each picture.</summary>
    public static byte[][] SerializeAll(string model, IReadOnlyList<byte[]> pictures, TimeSpan? timeout = null) =>
        [.. pictures.Select(picture => Serialize(model, picture, timeout))];
}
