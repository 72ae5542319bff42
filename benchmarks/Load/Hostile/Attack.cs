using System.Net.Sockets;
using System.Text;

namespace Benchmarks.Load.Hostile;

/// <summary>One kind of hostile client. A call is one connection's life: it returns when the attack on that connection is over.</summary>
/// <param name="Name">For tables.</param>
/// <param name="RunAsync">Attacks over a connected socket; returns the status that the service answered, 0 for none.</param>
internal sealed record Attack(string Name, Func<Socket, string, CancellationToken, Task<int>> RunAsync)
{
    private const int AnnouncedBytes = 200_000;
    private const int SmallBuffer = 4096;
    private const int PipelinedRequests = 200;
    private static readonly TimeSpan SlowStep = TimeSpan.FromSeconds(1);

    /// <summary>A body that comes with so many bytes a second.</summary>
    public static Attack SlowBody(int bytesPerSecond) => new(
        $"bodies at {bytesPerSecond} B/s", (socket, model, end) => TrickleAsync(socket, Head(model, AnnouncedBytes), bytesPerSecond, end));

    /// <summary>A header that never ends.</summary>
    public static Attack HalfHeader { get; } = new(
        "half headers", (socket, model, end) => TrickleAsync(socket, $"POST /v1/models/{model}:classify HTTP/1.1\r\nX-Padding: ", 1, end));

    /// <summary>Many requests and not one read.</summary>
    public static Attack NeverReads { get; } = new("clients that never read", async (socket, _, end) =>
    {
        socket.ReceiveBufferSize = SmallBuffer;
        string requests = string.Concat(Enumerable.Repeat("GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n", PipelinedRequests));
        await SendAsync(socket, requests, end).ConfigureAwait(false);
        // Without reading, only a failed send shows that the service has closed.
        while (true)
        {
            await Task.Delay(SlowStep, TimeProvider.System, end).ConfigureAwait(false);
            await SendAsync(socket, "GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n", end).ConfigureAwait(false);
        }
    });

    /// <summary>A connection reset in the middle of a body.</summary>
    public static Attack Reset { get; } = new("resets in mid-body", async (socket, model, end) =>
    {
        await SendAsync(socket, Head(model, AnnouncedBytes) + new string('y', 3000), end).ConfigureAwait(false);
        socket.LingerState = new LingerOption(true, 0);
        return 0;
    });

    /// <summary>A whole request of a client that does not wait for its answer.</summary>
    public static Attack Leaver(byte[] picture) => new("leaving clients", async (socket, model, end) =>
    {
        await SendAsync(socket, Head(model, picture.Length), end).ConfigureAwait(false);
        await socket.SendAsync(picture, end).ConfigureAwait(false);
        return 0;
    });

    /// <summary>A chunk size that no integer holds.</summary>
    public static Attack BadChunk { get; } = new("bad chunks", async (socket, model, end) =>
    {
        await SendAsync(socket, Start(model) + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", end).ConfigureAwait(false);
        return await ReadStatusAsync(socket, end).ConfigureAwait(false);
    });

    private static string Start(string model) => $"POST /v1/models/{model}:classify HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n";

    private static string Head(string model, int bytes) => $"{Start(model)}Content-Length: {bytes}\r\n\r\n";

    private static async Task<int> TrickleAsync(Socket socket, string start, int bytesPerSecond, CancellationToken end)
    {
        await SendAsync(socket, start, end).ConfigureAwait(false);
        Task<int> answer = ReadStatusAsync(socket, end);
        string step = new('y', bytesPerSecond);
        while (!answer.IsCompleted)
        {
            await SendAsync(socket, step, end).ConfigureAwait(false);
            await Task.WhenAny(answer, Task.Delay(SlowStep, TimeProvider.System, end)).ConfigureAwait(false);
        }

        return await answer.ConfigureAwait(false);
    }

    private static async Task SendAsync(Socket socket, string text, CancellationToken end) =>
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), end).ConfigureAwait(false);

    private static async Task<int> ReadStatusAsync(Socket socket, CancellationToken end)
    {
        // "HTTP/1.1 408 ": the status stands at the ninth byte.
        byte[] answer = new byte[512];
        int read = await socket.ReceiveAsync(answer, end).ConfigureAwait(false);
        return read >= 12 && int.TryParse(answer.AsSpan(9, 3), out int status) ? status : 0;
    }
}
