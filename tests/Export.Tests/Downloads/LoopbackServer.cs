using System.Net;
using System.Net.Sockets;

namespace Export.Tests.Downloads;

/// <summary>An HTTP server on a loopback port that answers as scripted, one connection at a time, and can break off mid-body.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, string, byte[]> _answer;
    private readonly Task _loop;
    private readonly CancellationTokenSource _stop = new();

    /// <param name="answer">Number of the request, from 0, and its head, to the raw bytes of the response.</param>
    public LoopbackServer(Func<int, string, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/files/");

    /// <summary>Heads of the requests so far.</summary>
    public List<string> Requests { get; } = [];

    public static byte[] Response(string status, byte[] body, int? length = null, string? range = null) =>
    [
        .. System.Text.Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Length: {length ?? body.Length}\r\nConnection: "
            + $"close\r\n{(range is null ? "" : $"Content-Range: {range}\r\n")}\r\n"),
        .. body,
    ];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _loop.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                NetworkStream stream = client.GetStream();
                byte[] head = new byte[8192];
                int length = 0;
                while (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) length += await stream.ReadAsync(head.AsMemory(length), _stop.Token);
                Requests.Add(System.Text.Encoding.ASCII.GetString(head, 0, length));
                await stream.WriteAsync(_answer(Requests.Count - 1, Requests[^1]), _stop.Token);
            }
        }
        catch (Exception exception) when (_stop.IsCancellationRequested
            && exception is (OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException))
        {
            // The test is over; InvalidOperationException is what a listener says that was stopped before it listened.
        }
    }
}
