using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace InferenceApi.Tests.Endpoints;

/// <summary>What only a real server on a real socket shows: limits without a length, half requests, clients who leave.</summary>
public sealed class KestrelTests : IDisposable
{
    private readonly ApiFactory _api = new();
    private readonly Uri _address;

    public KestrelTests()
    {
        _api.UseKestrel(0);
        _api.StartServer();
        _address = new Uri(_api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task EndlessChunkedBody_IsRefusedAtTheLimit()
    {
        using TcpClient client = await ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Head("Transfer-Encoding: chunked"));
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
        try
        {
            for (int i = 0; i < 4 * ApiFactory.MaxRequestBytes / 0x10000; i++) await stream.WriteAsync(chunk);
        }
        catch (IOException)
        {
            // Refused and closed while we still wrote.
        }

        Assert.StartsWith("HTTP/1.1 413", await ReadLineAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnnouncedBodyOverTheLimit_IsRefusedBeforeItIsSent()
    {
        using TcpClient client = await ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Head("Content-Length: 999999999"));
        Assert.StartsWith("HTTP/1.1 413", await ReadLineAsync(stream), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientWhoLeavesMidBody_DisturbsNobody()
    {
        for (int i = 0; i < 20; i++)
        {
            using TcpClient client = await ConnectAsync();
            await client.GetStream().WriteAsync(Head("Content-Length: 100000"));
            await client.GetStream().WriteAsync(new byte[500]);
        }

        using var http = new HttpClient { BaseAddress = _address };
        using HttpResponseMessage answer =
            await http.PostAsync($"/v1/models/{ApiFactory.Model}:classify", new ByteArrayContent(SmallPng.Rgb(20, 20)));
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("GET /v1/models/%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("POST /v1/models/../../etc/passwd:classify HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")]
    public async Task HostileRequestLines_Are4xx(string request)
    {
        using TcpClient client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        Assert.StartsWith("HTTP/1.1 4", await ReadLineAsync(client.GetStream()), StringComparison.Ordinal);
    }

    private static byte[] Head(string length) => Encoding.ASCII.GetBytes(
        $"POST /v1/models/{ApiFactory.Model}:classify HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n{length}\r\n\r\n");

    private static async Task<string> ReadLineAsync(NetworkStream stream)
    {
        using var limit = new CancellationTokenSource(TestKit.Patience.Limit);
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        return await reader.ReadLineAsync(limit.Token) ?? "";
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(_address.Host, _address.Port);
        return client;
    }
}
