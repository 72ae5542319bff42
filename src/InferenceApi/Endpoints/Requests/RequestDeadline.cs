using System.Globalization;
using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Requests;

/// <summary>How long a caller is willing to wait: the header X-Request-Timeout, in seconds, or the server's default.</summary>
internal static class RequestDeadline
{
    public const string Header = "X-Request-Timeout";

    /// <summary>The allowed time.</summary>
    /// <exception cref="RequestException">The header is not a positive number of seconds up to the server's maximum.</exception>
    public static TimeSpan Allowed(HttpRequest request, RequestOptions options)
    {
        string text = request.Headers[Header].ToString();
        if (text.Length == 0) return options.DefaultTimeout;
        const NumberStyles Decimal = NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out double seconds) || !(seconds > 0)
            || seconds > options.MaxTimeout.TotalSeconds)
        {
            throw new RequestException(
                ProblemKind.TimeoutInvalid,
                $"{Header} is '{SafeText.Of(text)}'; it must be a number of seconds above 0 and at most "
                + $"{options.MaxTimeout.TotalSeconds:0.###}.");
        }

        return TimeSpan.FromSeconds(seconds);
    }
}
