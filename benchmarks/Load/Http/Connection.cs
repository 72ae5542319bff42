using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Load.Http;

/// <summary>
/// One persistent connection on the loopback, one request at a time. A failure closes it; the next request opens it again.
/// </summary>
internal sealed class Connection(int port) : IDisposable
{
    // Answers are a few hundred bytes; errors somewhat more.
    private byte[] _received = new byte[8 * 1024];
    private Socket? _socket;

    /// <summary>Sends one request and awaits its whole answer; status 0 where the connection broke before one came.</summary>
    public async ValueTask<Answer> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            Socket socket = _socket ??= await ConnectAsync(cancellation).ConfigureAwait(false);
            await SendAsync(socket, request, cancellation).ConfigureAwait(false);
            Answer answer = await ReceiveAsync(socket, cancellation).ConfigureAwait(false);
            if (!answer.KeepAlive) Close();
            return answer;
        }
        catch (Exception failure) when (failure is SocketException or InvalidDataException or OperationCanceledException)
        {
            Close();
            return default;
        }
    }

    /// <summary>Opens the connection ahead of the first request.</summary>
    public async Task OpenAsync(CancellationToken cancellation) => _socket ??= await ConnectAsync(cancellation).ConfigureAwait(false);

    public void Dispose() => Close();

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var socket =
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = 1 << 20 };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            while (!request.IsEmpty)
                request = request[await socket.SendAsync(request, SocketFlags.None, cancellation).ConfigureAwait(false)..];
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // A server that refuses may answer and close before it has read the body: the answer is there to be read.
        }
    }

    private async ValueTask<Answer> ReceiveAsync(Socket socket, CancellationToken cancellation)
    {
        int filled = 0;
        while (true)
        {
            int count = await socket.ReceiveAsync(_received.AsMemory(filled), SocketFlags.None, cancellation).ConfigureAwait(false);
            if (count == 0) throw new InvalidDataException("The server closed the connection within an answer.");
            filled += count;
            if (TryRead(_received.AsSpan(0, filled), out Answer answer)) return answer;
            if (filled == _received.Length) Array.Resize(ref _received, 2 * filled);
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> received, out Answer answer)
    {
        answer = default;
        if (!AnswerHead.TryRead(received, out AnswerHead head)) return false;
        ReadOnlySpan<byte> body = received[head.HeadLength..];
        int length = head.ContentLength >= 0 ? head.ContentLength : ChunkedBody.Length(body);
        if (length < 0 || body.Length < length) return false;
        answer = new Answer(head.Status, head.Batch, head.HeadLength + length, head.KeepAlive);
        return true;
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
