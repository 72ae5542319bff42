using System.IO.Pipelines;
using System.Net;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Uploads;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TestKit;

namespace InferenceApi.Tests.Endpoints.Uploads;

/// <summary>Bodies that are read at the same time, on a clock that is moved by hand.</summary>
public sealed class BodyRoomTests : IDisposable
{
    private const int Buffer = PooledBytes.InitialCapacity;

    private readonly ManualClock _clock = new();
    private readonly TestMetrics _metrics = new();
    private readonly List<BodyRoom> _rooms = [];

    public void Dispose()
    {
        foreach (BodyRoom room in _rooms) room.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task BodyBelowTheFloor_IsRefusedAfterItsGrace()
    {
        BodyRoom room = Room(new UploadOptions { MinRate = 1000, Grace = TimeSpan.FromSeconds(5) });
        var (slow, slowPipe) = Enter(room, "10.0.0.1");
        var (good, goodPipe) = Enter(room, "10.0.0.1");
        Task<int> waiting = slow.ReadAsync(new byte[8192]).AsTask();
        for (int second = 0; second < 7; second++)
        {
            await goodPipe.Writer.WriteAsync(new byte[1500]);
            Assert.Equal(1500, await good.ReadAsync(new byte[8192]));
            Assert.Equal(second > 5, waiting.IsCompleted);
            _clock.Advance(TimeSpan.FromSeconds(1));
            if (second >= 5) Patience.Until(() => waiting.IsCompleted, "the slow body is refused");
        }

        Assert.Equal(ProblemKind.RequestTimeout, (await Assert.ThrowsAsync<RequestException>(() => waiting)).Kind);
        Assert.Equal(1, room.Reading);
        slow.Dispose();
        good.Dispose();
        Assert.Equal(0, room.Reading);
        await slowPipe.Writer.CompleteAsync();
    }

    [Fact]
    public async Task NoSeatLeft_NewcomerIsRefused_UntilASlowBodyCanGiveWay()
    {
        BodyRoom room = Room(new UploadOptions { MaxReading = 2, AddressPercent = 100 });
        var (slowest, _) = Enter(room, "10.0.0.1");
        var (faster, pipe) = Enter(room, "10.0.0.2");
        await pipe.Writer.WriteAsync(new byte[100]);
        Assert.Equal(100, await faster.ReadAsync(new byte[8192]));
        Task<int> waiting = slowest.ReadAsync(new byte[8192]).AsTask();

        RequestException full = Assert.Throws<RequestException>(() => Enter(room, "10.0.0.3"));
        Assert.Equal(ProblemKind.TooManyUploads, full.Kind);
        Assert.NotNull(full.RetryAfter);

        _clock.Advance(TimeSpan.FromSeconds(1.5));
        var (newcomer, _) = Enter(room, "10.0.0.3");
        Assert.Equal(ProblemKind.RequestTimeout, (await Assert.ThrowsAsync<RequestException>(() => waiting.Soon())).Kind);
        Assert.Equal(2, room.Reading);
        newcomer.Dispose();
        slowest.Dispose();
        faster.Dispose();
        Assert.Equal(0, room.Reading);
    }

    [Fact]
    public void OneAddress_HoldsItsShareOfTheSeats_AndLeavesTheRest()
    {
        BodyRoom room = Room(new UploadOptions { MaxReading = 4, AddressPercent = 50 });
        var held = new[] { Enter(room, "10.0.0.1").Body, Enter(room, "10.0.0.1").Body };
        Assert.Throws<RequestException>(() => Enter(room, "10.0.0.1"));
        Assert.Throws<RequestException>(() => Enter(room, "::ffff:10.0.0.1"));
        Enter(room, "10.0.0.2").Body.Dispose();
        held[0].Dispose();
        Enter(room, "10.0.0.1").Body.Dispose();
        held[1].Dispose();
    }

    [Fact]
    public void OneNetworkOfIPv6_IsOneCaller()
    {
        BodyRoom room = Room(new UploadOptions { MaxReading = 2, AddressPercent = 50 });
        using BodyReading first = Enter(room, "2001:db8::1").Body;
        Assert.Throws<RequestException>(() => Enter(room, "2001:db8::ffff"));
        Enter(room, "2001:db8:0:1::1").Body.Dispose();
    }

    [Fact]
    public void Memory_IsHeldUntilItIsGivenBack_AndLimited()
    {
        BodyRoom room = Room(new UploadOptions { MemoryBudget = 4 * Buffer, AddressPercent = 100 });
        var (one, _) = Enter(room, "10.0.0.1");
        var (two, _) = Enter(room, "10.0.0.2");
        var mine = new PooledBytes(one);
        var others = new PooledBytes(two, 2 * Buffer);
        one.Dispose();
        Assert.Equal(3 * Buffer, room.Held);
        Assert.Equal(ProblemKind.TooManyUploads, Assert.Throws<RequestException>(() => new PooledBytes(two, 2 * Buffer)).Kind);
        mine.Dispose();
        new PooledBytes(two, 2 * Buffer).Dispose();
        others.Dispose();
        two.Dispose();
        Assert.Equal(0, room.Held);
    }

    [Fact]
    public void ABodyThatIsAlone_AlwaysHasItsMemory()
    {
        BodyRoom room = Room(new UploadOptions { MemoryBudget = Buffer });
        var (body, _) = Enter(room, "10.0.0.1");
        using (var bytes = new PooledBytes(body)) bytes.Reserve(3 * Buffer);
        body.Dispose();
        Assert.Equal(0, room.Held);
    }

    [Fact]
    public async Task Closing_RefusesWhatStandsStill_AndLetsTheOthersEnd()
    {
        BodyRoom room = Room(new UploadOptions { MinRate = 1000, Grace = TimeSpan.FromMinutes(5) });
        var (silent, _) = Enter(room, "10.0.0.1");
        var (good, pipe) = Enter(room, "10.0.0.1");
        Task<int> waiting = silent.ReadAsync(new byte[8192]).AsTask();
        room.Close();
        for (int second = 0; second < 3; second++)
        {
            await pipe.Writer.WriteAsync(new byte[1500]);
            Assert.Equal(1500, await good.ReadAsync(new byte[8192]));
            _clock.Advance(TimeSpan.FromSeconds(1.01));
        }

        await Assert.ThrowsAsync<RequestException>(() => waiting.Soon());
        Assert.Equal(1, room.Reading);
        silent.Dispose();
        good.Dispose();
    }

    [Fact]
    public async Task DeadlineAfterTheEndOfTheRequest_IsHarmless()
    {
        using var deadline = new CancellationTokenSource();
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Features.Set<IRequestBodyPipeFeature>(new EndedBody());
        using BodyReading body = Room(new UploadOptions()).Enter(context.Request, deadline.Token);

        Assert.Null(await Record.ExceptionAsync(deadline.CancelAsync));
    }

    private BodyRoom Room(UploadOptions options)
    {
        if (options.MemoryBudget == 0) options.MemoryBudget = 64 << 20;
        var room = new BodyRoom(options, _metrics.Metrics, _clock);
        _rooms.Add(room);
        return room;
    }

    private static (BodyReading Body, Pipe Pipe) Enter(BodyRoom room, string address)
    {
        var pipe = new Pipe();
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Body = pipe.Reader.AsStream();
        return (room.Enter(context.Request, CancellationToken.None), pipe);
    }
}
