using System.Net;
using InferenceApi.Endpoints.Problems;
using Microsoft.AspNetCore.Connections;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>
/// One body while it is read, as a stream over the server's: it counts, ends at the limit, ends when its <see cref="BodyRoom"/> refuses it,
/// and tells whatever goes wrong on the caller's side as the caller's.
/// </summary>
internal sealed class BodyReading : Stream
{
    private readonly BodyRoom _room;
    private readonly HttpRequest _request;
    private readonly long _limit;
    private readonly CancellationTokenSource _stop;
    private RequestException? _refusal;
    private long _received;

    public BodyReading(BodyRoom room, HttpRequest request, IPAddress caller, long limit, long begun, CancellationToken cancellation)
    {
        _room = room;
        _request = request;
        _limit = limit;
        Caller = caller;
        Begun = begun;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Whose it is.</summary>
    public IPAddress Caller { get; }

    /// <summary>Timestamp of the room's clock.</summary>
    public long Begun { get; }

    /// <summary>Bytes so far.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>What had been received when the room last looked; the room's own.</summary>
    public long Seen { get; set; }

    /// <summary>Bytes of pooled memory; the room's own.</summary>
    public long Held { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => Received; set => throw new NotSupportedException(); }

    /// <summary>Memory for what is read. It may be held longer than the seat.</summary>
    /// <exception cref="RequestException">There is none left.</exception>
    public void Take(int bytes) => _room.Take(this, bytes);

    public void Give(int bytes) => _room.Give(this, bytes);

    /// <summary>Ends the read that is under way, and every later one, with <paramref name="refusal"/>. Only while it has its seat.</summary>
    public Task RefuseAsync(RequestException refusal)
    {
        Volatile.Write(ref _refusal, refusal);
        return _stop.CancelAsync();
    }

    /// <param name="buffer">Where to.</param>
    /// <param name="cancellationToken">Not looked at: the reading has its own.</param>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int read = await _request.Body.ReadAsync(buffer, _stop.Token);
            Volatile.Write(ref _received, _received + read);
            return _received <= _limit ? read : throw RequestException.TooLarge(_limit);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            throw Told(failure);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Reads are asynchronous.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _room.Leave(this);
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private Exception Told(Exception failure) => failure switch
    {
        _ when Volatile.Read(ref _refusal) is { } refusal => refusal,
        // The connection's end is known here before RequestAborted says so.
        ConnectionResetException or ConnectionAbortedException => new ClientLeftException(failure),
        _ when _request.HttpContext.RequestAborted.IsCancellationRequested => new ClientLeftException(failure),
        OperationCanceledException => RequestException.TooLate(),
        BadHttpRequestException => failure,
        _ => RequestException.Malformed("The body is not valid HTTP or ends early."),
    };
}
