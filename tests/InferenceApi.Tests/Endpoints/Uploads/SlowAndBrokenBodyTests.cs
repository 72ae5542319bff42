using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TestKit;

namespace InferenceApi.Tests.Endpoints.Uploads;

/// <summary>
/// Senders who are slow, leave, reset or send nonsense, over a real socket: never the service's fault, never its neighbours'.
/// </summary>
public sealed class SlowAndBrokenBodyTests : IDisposable
{
    // Of this model only: the meters of other tests' services are on the same page.
    private const string OurFault = $"model=\"{ApiFactory.Model}\",status=\"5";

    private readonly ApiFactory _api = new();
    private readonly Uri _address;

    public SlowAndBrokenBodyTests()
    {
        _api.Settings["Uploads:Grace"] = "00:00:01";
        _api.UseKestrel(0);
        _api.StartServer();
        _address = new Uri(_api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task SilentBody_Is408_AndCountedAsTheClients()
    {
        using TcpClient client = await SendAsync("Content-Length: 100000\r\n\r\nhalf");
        string answer = await ReadAnswerAsync(client);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("/errors/request-timeout", answer, StringComparison.Ordinal);
        string metrics = await MetricsAsync();
        Assert.Contains("reason=\"request-timeout\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(OurFault, metrics, StringComparison.Ordinal);
        Assert.Empty(_api.Log.Errors);
    }

    [Fact]
    public async Task BodyThatOutlastsItsRequestsTime_Is408_NotOurTimeout()
    {
        using TcpClient client = await SendAsync("X-Request-Timeout: 0.3\r\nContent-Length: 100000\r\n\r\nhalf");
        Assert.StartsWith("HTTP/1.1 408", await ReadAnswerAsync(client), StringComparison.Ordinal);
        Assert.Empty(_api.Log.Errors);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nnonsense\r\nx")]
    public async Task BadChunk_Is400(string rest)
    {
        using TcpClient client = await SendAsync(rest);
        Assert.StartsWith("HTTP/1.1 400", await ReadAnswerAsync(client), StringComparison.Ordinal);
        Assert.Empty(_api.Log.Errors);
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/json")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task ResetsInMidBody_AreNoFailureOfTheService(string type)
    {
        const int Resets = 300;
        for (int i = 0; i < Resets; i++)
        {
            using TcpClient client =
                await SendAsync("Content-Length: 100000\r\n\r\n--x\r\nContent-Disposition: form-data; filename=a\r\n\r\n", type);
            // Half of them when the server has surely begun to read, the others whenever it happens.
            if (i % 2 == 0) await client.GetStream().WriteAsync(new byte[2000]);
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        using var http = new HttpClient { BaseAddress = _address };
        using HttpResponseMessage answer =
            await http.PostAsync($"/v1/models/{ApiFactory.Model}:classify", new ByteArrayContent(SmallPng.Rgb(20, 20)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var room = _api.Services.GetRequiredService<InferenceApi.Endpoints.Uploads.BodyRoom>();
        Patience.Until(() => room is { Reading: 0, Held: 0 }, "every seat and buffer is given back");
        Assert.Empty(_api.Log.Errors);
        Assert.DoesNotContain(OurFault, await MetricsAsync(), StringComparison.Ordinal);
    }

    private async Task<string> MetricsAsync()
    {
        using var http = new HttpClient { BaseAddress = _address };
        return await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
    }

    private async Task<TcpClient> SendAsync(string rest, string type = "image/png")
    {
        var client = new TcpClient();
        await client.ConnectAsync(_address.Host, _address.Port);
        string head = $"POST /v1/models/{ApiFactory.Model}:classify HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\n{rest}";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        return client;
    }

    /// <summary>The head of the answer and its body, by its Content-Length.</summary>
    private static async Task<string> ReadAnswerAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
        var text = new StringBuilder();
        int length = 0;
        while (await reader.ReadLineAsync().Soon() is { Length: > 0 } line)
        {
            text.Append(line).Append('\n');
            if (line.StartsWith("Content-Length:", StringComparison.Ordinal))
                length = int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }

        char[] body = new char[length];
        await reader.ReadBlockAsync(body.AsMemory()).AsTask().Soon();
        return text.Append(body).ToString();
    }
}
