using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace InferenceApi.Endpoints;

/// <summary>
/// An answer in JSON with its length: it is serialised before the first byte is sent, so that HTTP/1.0 clients can read it, and a failure
/// to serialise can still become a problem. The type is exactly application/json, as clients that compare it expect; JSON is always UTF-8.
/// </summary>
/// <typeparam name="T">What is answered; one of <see cref="ApiJson"/>.</typeparam>
/// <param name="value">The answer.</param>
/// <param name="type">How it is written.</param>
/// <param name="status">HTTP status.</param>
internal sealed class JsonAnswer<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) : IResult
{
    public const string ContentType = "application/json";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        return WriteAsync(httpContext, value, type, ContentType);
    }

    /// <summary>Writes headers and body; the status is already set.</summary>
    public static Task WriteAsync(HttpContext context, T value, JsonTypeInfo<T> type, string contentType)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
