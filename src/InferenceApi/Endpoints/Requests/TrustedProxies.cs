using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace InferenceApi.Endpoints.Requests;

/// <summary>Believes X-Forwarded-For of some proxies, so that shares are those of the real callers.</summary>
internal static class TrustedProxies
{
    /// <param name="app">Where it goes first.</param>
    /// <param name="proxies">Addresses, or networks as 10.0.0.0/8.</param>
    public static void UseTrustedProxies(this IApplicationBuilder app, IReadOnlyList<string> proxies) =>
        app.UseForwardedHeaders(Trusting(proxies));

    private static ForwardedHeadersOptions Trusting(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        // The framework trusts the loopback unasked.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (string proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out IPAddress? address)) options.KnownProxies.Add(address);
            else options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }

        return options;
    }
}
