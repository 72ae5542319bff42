using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using InferenceApi.Endpoints.Problems;
using Microsoft.AspNetCore.Connections;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>
/// One body while it is read, as a stream over the server's pipe: it counts, ends at the limit, ends when its <see cref="BodyRoom"/>
/// refuses it, and reports every fault on the caller's side as the caller's.
/// </summary>
internal sealed class BodyReading : Stream
{
    private static readonly TimeSpan MarkedWithin = TimeSpan.FromSeconds(1);

    private readonly BodyRoom _room;
    private readonly HttpRequest _request;
    private readonly long _limit;
    private readonly PipeReader _source;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _ends;
    private RequestException? _refusal;
    private long _received;

    public BodyReading(BodyRoom room, HttpRequest request, IPAddress caller, long limit, long begun, CancellationToken cancellation)
    {
        _room = room;
        _request = request;
        _limit = limit;
        Caller = caller;
        Begun = begun;
        _source = request.BodyReader;
        _cancellation = cancellation;
        _ends = cancellation.UnsafeRegister(static reading => ((BodyReading)reading!).CancelRead(), this);
    }

    /// <summary>The caller.</summary>
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

    /// <summary>Ends the read that is under way, and every later one, with <paramref name="refusal"/>.</summary>
    public void Refuse(RequestException refusal)
    {
        Volatile.Write(ref _refusal, refusal);
        // On the pool: what waits for the read must not run under the room's lock.
        ThreadPool.UnsafeQueueUserWorkItem(static reading => reading.CancelRead(), this, preferLocal: false);
    }

    /// <param name="buffer">Receives the next bytes.</param>
    /// <param name="cancellationToken">Ignored: the reading has its own.</param>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (true)
            {
                // A read that is cancelled by a token leaves Kestrel's body in a state that it logs as its own error.
                ReadResult result = await _source.ReadAsync(CancellationToken.None);
                bool ended = Volatile.Read(ref _refusal) is not null || _cancellation.IsCancellationRequested;
                ReadOnlySequence<byte> next = result.Buffer.Slice(0, ended ? 0 : Math.Min(result.Buffer.Length, buffer.Length));
                next.CopyTo(buffer.Span);
                int count = (int)next.Length;
                _source.AdvanceTo(next.End);
                if (ended) throw new OperationCanceledException();
                if (count == 0 && !result.IsCompleted && !buffer.IsEmpty) continue;
                Volatile.Write(ref _received, _received + count);
                return _received <= _limit ? count : throw RequestException.TooLarge(_limit);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // Kestrel marks the request as aborted a moment after the read has failed. Unmarked, it reads on and logs an error of its own.
            if (failure is ConnectionResetException)
                await Task.Delay(MarkedWithin, TimeProvider.System, _request.HttpContext.RequestAborted)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw Reported(failure);
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
            _ends.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// Runs on a pool or timer thread, where an exception would end the process. Kestrel throws if the request has ended.
    /// </summary>
    private void CancelRead()
    {
        try
        {
            _source.CancelPendingRead();
        }
        catch (Exception ended) when (ended is ObjectDisposedException or OperationCanceledException or IOException)
        {
        }
    }

    private Exception Reported(Exception failure) => failure switch
    {
        _ when Volatile.Read(ref _refusal) is { } refusal => refusal,
        ConnectionResetException or ConnectionAbortedException => new ClientLeftException(failure),
        _ when _request.HttpContext.RequestAborted.IsCancellationRequested => new ClientLeftException(failure),
        OperationCanceledException => RequestException.TooLate(),
        BadHttpRequestException => failure,
        _ => RequestException.Malformed("The body is not valid HTTP or ends early."),
    };
}
