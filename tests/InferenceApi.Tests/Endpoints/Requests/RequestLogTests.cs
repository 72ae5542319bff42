using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using InferenceApi.Tests.Docs;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestKit;

namespace InferenceApi.Tests.Endpoints.Requests;

/// <summary>The line of docs/telemetry.md: event 1100, one for each classify request, with the documented fields and no other.</summary>
public sealed partial class RequestLogTests : IDisposable
{
    private const int Line = 1100;
    private readonly ApiFactory _api = new();

    public RequestLogTests() => _api.Settings["Logging:LogLevel:InferenceApi.Classify"] = "Information";

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Answer_HasOneLine_WithTheDocumentedFields()
    {
        byte[] picture = SmallPng.Rgb(8, 8);
        (await _api.ClassifyAsync(picture)).EnsureSuccessStatusCode();

        RecordedLog.Entry line = OnlyLine();
        Assert.Equal(("InferenceApi.Classify", LogLevel.Information), (line.Category, line.Level));
        string telemetry = Pages.Read("docs/telemetry.md");
        int from = telemetry.IndexOf("| `TraceId`", StringComparison.Ordinal);
        int to = telemetry.IndexOf("Event ids are unique", StringComparison.Ordinal);
        string[] documented =
        [
            .. telemetry[from..to].Split('\n').Where(row => row.StartsWith('|'))
                .SelectMany(row => Names().Matches(row.Split('|')[1])).Select(name => name.Groups[1].Value),
        ];
        Assert.Equal(documented.Order(), line.Values.Keys.Where(name => name[0] != '{').Order());
        Assert.Equal((ApiFactory.Model, 1, 200, "-", 1, 0, (long)picture.Length), (
            Value<string>(line, "Model"), Value<int>(line, "Version"), Value<int>(line, "Status"), Value<string>(line, "Problem"),
            Value<int>(line, "Images"), Value<int>(line, "Failed"), Value<long>(line, "Bytes")));
        Assert.True(Value<double>(line, "DurationMs") >= Value<double>(line, "RunMs"));
    }

    [Fact]
    public async Task Refusal_HasItsProblemAndStatus()
    {
        using HttpResponseMessage answer = await _api.ClassifyAsync([1, 2, 3]);
        RecordedLog.Entry line = OnlyLine();
        Assert.Equal((415, "image-format-unsupported"), (Value<int>(line, "Status"), Value<string>(line, "Problem")));
    }

    [Fact]
    public async Task Probes_HaveNoLine()
    {
        using HttpClient client = _api.CreateClient();
        (await client.GetAsync("/health/live")).EnsureSuccessStatusCode();
        (await client.GetAsync("/metrics")).EnsureSuccessStatusCode();
        Assert.Empty(_api.Log.Of(Line));
    }

    [Fact]
    public async Task ClientWhoLeaves_Is499()
    {
        _api.UseKestrel(0);
        _api.StartServer();
        var address = new Uri(_api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(address.Host, address.Port);
            string head =
                $"POST /v1/models/{ApiFactory.Model}:classify HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await client.GetStream().WriteAsync(new byte[500]);
        }

        Assert.Equal(499, Value<int>(OnlyLine(), "Status"));
        using var http = new HttpClient { BaseAddress = address };
        Assert.Matches("inference_request_duration_seconds_count{[^}]*status=\"499\"[^}]*} 1", await http.GetStringAsync("/metrics"));
    }

    private static T Value<T>(RecordedLog.Entry line, string name) =>
        (T)Convert.ChangeType(line.Values[name]!, typeof(T), CultureInfo.InvariantCulture);

    /// <summary>It is written after the answer, so the caller may be ahead of it.</summary>
    private RecordedLog.Entry OnlyLine()
    {
        Patience.Until(() => _api.Log.Of(Line).Count > 0, "the request is logged");
        return Assert.Single(_api.Log.Of(Line));
    }

    [GeneratedRegex("`([A-Z]\\w+)`")]
    private static partial Regex Names();
}
