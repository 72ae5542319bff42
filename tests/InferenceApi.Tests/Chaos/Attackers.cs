using System.Net.Sockets;
using System.Text;
using InferenceApi.Tests.Endpoints;

namespace InferenceApi.Tests.Chaos;

/// <summary>
/// Clients who send too slowly, leave, break the protocol or send what is no picture; each call is one of them, by the seed.
/// </summary>
internal static class Attackers
{
    private const int Kinds = 8;

    public static async Task AttackAsync(Uri address, Random random, byte[] picture, CancellationToken cancellation)
    {
        int kind = random.Next(Kinds);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, cancellation);
        NetworkStream stream = client.GetStream();
        string model = random.Next(2) == 0 ? ChaosFactory.Sound : ChaosFactory.Faulty;
        switch (kind)
        {
            case 0: // half a header, then gone
                await SendAsync(stream, $"POST /v1/models/{model}:cla", cancellation);
                break;
            case 1: // a body that is announced and sent byte by byte
                await SendAsync(stream, Head(model, "Content-Length: 100000"), cancellation);
                for (int i = 0; i < 20; i++)
                {
                    await stream.WriteAsync(picture.AsMemory(i % picture.Length, 1), cancellation);
                    await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System, cancellation);
                }

                break;
            case 2: // a reset in the middle of a body
                await SendAsync(stream, Head(model, "Content-Length: 100000"), cancellation);
                await stream.WriteAsync(new byte[500], cancellation);
                client.LingerState = new LingerOption(true, 0);
                break;
            case 3: // a chunk size that overflows
                await SendAsync(stream, Head(model, "Transfer-Encoding: chunked") + "fffffffffffffffff\r\n", cancellation);
                await DrainAsync(stream, cancellation);
                break;
            case 4: // a whole request, and nobody who reads the answer
                await SendAsync(stream, Head(model, $"Content-Length: {picture.Length}"), cancellation);
                await stream.WriteAsync(picture, cancellation);
                client.LingerState = new LingerOption(true, 0);
                break;
            case 5: // a picture with a flipped byte
                byte[] damaged = [.. picture];
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                await SendAsync(stream, Head(model, $"Content-Length: {damaged.Length}\r\nConnection: close"), cancellation);
                await stream.WriteAsync(damaged, cancellation);
                await DrainAsync(stream, cancellation);
                break;
            case 6: // a header that promises 400 million pixels
                byte[] bomb = SmallPng.Rgb(20000, 1)[..60];
                await SendAsync(stream, Head(model, $"Content-Length: {bomb.Length}\r\nConnection: close"), cancellation);
                await stream.WriteAsync(bomb, cancellation);
                await DrainAsync(stream, cancellation);
                break;
            default: // a form that never ends
                await SendAsync(
                    stream, Head(model, "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 50000"), cancellation);
                await SendAsync(stream, "--b\r\nContent-Disposition: form-data; name=image; filename=x\r\n\r\n", cancellation);
                break;
        }
    }

    private static string Head(string model, string headers) =>
        $"POST /v1/models/{model}:classify HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n";

    private static Task SendAsync(NetworkStream stream, string text, CancellationToken cancellation) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellation).AsTask();

    private static async Task DrainAsync(NetworkStream stream, CancellationToken cancellation)
    {
        byte[] answer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(answer, cancellation) > 0)
            {
                // What it says is not looked at here; that the others are answered is.
            }
        }
        catch (IOException)
        {
            // The service closed first.
        }
    }
}
