using System.Net.Sockets;
using InferenceApi.Endpoints.OpenApi;
using InferenceApi.Serving;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace InferenceApi.Hosting;

/// <summary>Starts the service, or says in one line why its addresses cannot be used.</summary>
internal static partial class ServiceStart
{
    /// <summary>Exit code where a setting is wrong; 1 is that of a provider this machine does not have.</summary>
    public const int WrongSetting = 2;

    private const string Allowed = "http://HOST:PORT of this machine with a port that is free, several separated by semicolons";

    // In the order in which Kestrel lets one win over the other.
    private static readonly string[] AddressKeys = ["Kestrel:Endpoints", "urls", "http_ports", "https_ports"];

    /// <summary>Serves until the process is asked to end.</summary>
    /// <exception cref="StartException">The service cannot listen where it should.</exception>
    public static async Task ServeAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception failure) when (IsAddress(failure))
        {
            throw new StartException([Describe(app.Configuration, failure)]);
        }

        app.Services.GetRequiredService<QuietStart>().End();
        SayWhere(app);
        await app.WaitForShutdownAsync();
    }

    /// <summary>The first thing to do with a service that has started.</summary>
    private static void SayWhere(WebApplication app)
    {
        var listening = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        if (listening?.Addresses.FirstOrDefault() is not { } address) return;
        foreach (string any in (string[])["[::]", "0.0.0.0", "*", "+"])
            address = address.Replace(any, "127.0.0.1", StringComparison.Ordinal);
        string model = app.Services.GetRequiredService<IOptions<ServingOptions>>().Value.Preload is [string first, ..] ? first : "MODEL";
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("InferenceApi.Hosting");
        Log.Started(log, address + Documentation.Form, $"{address}/v1/models/{model}:classify");
    }

    /// <summary>Kestrel has no type of its own for an address that it cannot read or bind.</summary>
    private static bool IsAddress(Exception failure) =>
        failure is IOException or SocketException or FormatException or ArgumentOutOfRangeException
        || failure.Source?.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true;

    private static string Describe(IConfiguration configuration, Exception failure)
    {
        string key = AddressKeys.FirstOrDefault(each => configuration.GetSection(each).Exists()) ?? "urls";
        string value = string.Join(", ", configuration.GetSection(key).AsEnumerable().Select(each => each.Value).OfType<string>());
        string reason = failure.Message.Split('\r', '\n')[0].TrimEnd('.');
        return $"{key} is '{value}': {reason}; allowed: {Allowed}.";
    }

    private static partial class Log
    {
        [LoggerMessage(1033, LogLevel.Information, "In a browser: {Form} On the command line: curl --data-binary @dog.jpg {Classify}")]
        public static partial void Started(ILogger logger, string form, string classify);
    }
}
