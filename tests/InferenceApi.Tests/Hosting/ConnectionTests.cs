using System.Net;
using System.Net.Sockets;
using System.Text;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Tests.Endpoints;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TestKit;

namespace InferenceApi.Tests.Hosting;

/// <summary>Limits of the section "Connections" on real sockets.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly ApiFactory _api = new();
    private readonly List<TcpClient> _clients = [];

    public void Dispose()
    {
        foreach (TcpClient client in _clients) client.Dispose();
        _api.Dispose();
    }

    [Fact]
    public async Task HalfHeader_IsCutOffAfterItsTime()
    {
        Uri address = Start(("Connections:HeaderTimeout", "00:00:01"));
        NetworkStream half = await SendAsync(address, "POST /v1/models/x:classify HTTP/1.1\r\nHost:");
        Assert.StartsWith("HTTP/1.1 408", await AnswerAsync(half), StringComparison.Ordinal);
        Assert.Empty(_api.Log.Errors);
    }

    [Fact]
    public async Task OneConnectionTooMany_IsClosed_AndTheOthersAreServed()
    {
        Uri address = Start(("Connections:MaxOpen", "2"));
        NetworkStream first = await SendAsync(address, "");
        NetworkStream second = await SendAsync(address, "");
        await AskAsync(first);
        await AskAsync(second);

        NetworkStream third = await SendAsync(address, "");
        Assert.Equal("", await AnswerAsync(third));

        await AskAsync(first);
    }

    [Fact]
    public async Task ClientThatNeverReads_IsCutOff()
    {
        Uri address = Start(("Connections:MinResponseRate", "1000000"));
        TcpClient client = await ConnectAsync(address, receiveBuffer: 4096);
        byte[] requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 2000)));

        // The server stops reading while its answers are not read, then closes the connection: the send fails.
        async Task SendForEverAsync()
        {
            while (true) await client.GetStream().WriteAsync(requests);
        }

        await Assert.ThrowsAsync<IOException>(() => SendForEverAsync().Soon());
        using var http = new HttpClient { BaseAddress = address };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);
        Assert.Empty(_api.Log.Errors);
    }

    [Fact]
    public async Task BehindATrustedProxy_SharesAreThoseOfTheForwardedAddresses()
    {
        Uri address = Start(("Connections:TrustedProxies:0", "127.0.0.0/8"), ("Uploads:MaxReading", "2"));
        await HoldBodyAsync(address, "203.0.113.1");
        Assert.Equal("429", await StatusOfBodyAsync(address, "203.0.113.1"));
        Assert.Equal("200", await StatusOfBodyAsync(address, "203.0.113.2"));
    }

    [Fact]
    public async Task WithoutATrustedProxy_ForwardedAddressesAreNotBelieved()
    {
        Uri address = Start(("Uploads:MaxReading", "2"));
        await HoldBodyAsync(address, "203.0.113.1");
        Assert.Equal("429", await StatusOfBodyAsync(address, "203.0.113.2"));
    }

    private Uri Start(params (string Key, string Value)[] settings)
    {
        foreach ((string key, string value) in settings) _api.Settings[key] = value;
        _api.UseKestrel(0);
        _api.StartServer();
        return new Uri(_api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>An upload that takes a seat and goes no further.</summary>
    private async Task HoldBodyAsync(Uri address, string forwardedFor)
    {
        await SendAsync(address, Head(forwardedFor, 1000) + "half");
        var room = _api.Services.GetRequiredService<BodyRoom>();
        Patience.Until(() => room.Reading == 1, "the body has its seat");
    }

    private async Task<string> StatusOfBodyAsync(Uri address, string forwardedFor)
    {
        byte[] picture = SmallPng.Rgb(20, 20);
        NetworkStream stream = await SendAsync(address, Head(forwardedFor, picture.Length));
        await stream.WriteAsync(picture);
        return (await AnswerAsync(stream)).Split(' ')[1];
    }

    private static string Head(string forwardedFor, int length) =>
        $"POST /v1/models/{ApiFactory.Model}:classify HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {forwardedFor}\r\nContent-Length: "
        + $"{length}\r\n\r\n";

    private static async Task AskAsync(NetworkStream stream)
    {
        await stream.WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(stream), StringComparison.Ordinal);
    }

    private async Task<NetworkStream> SendAsync(Uri address, string text)
    {
        NetworkStream stream = (await ConnectAsync(address)).GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        return stream;
    }

    private async Task<TcpClient> ConnectAsync(Uri address, int receiveBuffer = 65536)
    {
        var client = new TcpClient { ReceiveBufferSize = receiveBuffer };
        _clients.Add(client);
        await client.ConnectAsync(address.Host, address.Port);
        return client;
    }

    /// <summary>What comes first; empty where the connection was closed without an answer.</summary>
    private static async Task<string> AnswerAsync(NetworkStream stream)
    {
        byte[] answer = new byte[4096];
        try
        {
            return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer).AsTask().Soon());
        }
        catch (IOException)
        {
            return "";
        }
    }
}
