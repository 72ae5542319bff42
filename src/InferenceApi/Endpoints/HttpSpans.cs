using System.Diagnostics;
using System.Globalization;

namespace InferenceApi.Endpoints;

/// <summary>
/// Completes the span of a request: .NET 10 gives it method and path when it begins, and leaves route, status and name to somebody who
/// knows them at the end.
/// </summary>
internal static class HttpSpans
{
    public static void UseHttpSpans(this IApplicationBuilder app) => app.Use(next => async context =>
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (Activity.Current is { IsAllDataRequested: true, Source.Name: "Microsoft.AspNetCore" } span) Complete(span, context);
        }
    });

    private static void Complete(Activity span, HttpContext context)
    {
        int status = context.Response.StatusCode;
        string? route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        // A path would make as many names as there are paths.
        span.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        if (route is not null) span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", status);
        if (status < StatusCodes.Status500InternalServerError) return;
        span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
        span.SetStatus(ActivityStatusCode.Error);
    }
}
