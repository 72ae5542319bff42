using InferenceApi.Classification;
using TestKit;

namespace InferenceApi.Tests.Classification;

public sealed class PreparationSlotsTests : IDisposable
{
    private readonly TestMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task RunAsync_NeverRunsMoreThanItsSlots_AndRunsAll()
    {
        using var slots = new PreparationSlots(2, _metrics.Metrics, TimeProvider.System);
        int running = 0, highest = 0, done = 0;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await slots.RunAsync(
            () =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref highest, now);
                Thread.SpinWait(2000);
                Interlocked.Decrement(ref running);
                return Interlocked.Increment(ref done);
            },
            CancellationToken.None))));

        Assert.Equal(50, done);
        Assert.InRange(highest, 1, 2);
        Assert.Equal(0, slots.Pending);
    }

    [Fact]
    public async Task RunAsync_OfACallerWhoLeftWhileWaiting_FreesItsPlace()
    {
        using var slots = new PreparationSlots(1, _metrics.Metrics, TimeProvider.System);
        using var left = new CancellationTokenSource();
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        Task<int> first = Task.Run(async () => await slots.RunAsync(() => { entered.Set(); release.Wait(); return 1; }, CancellationToken.None));
        entered.Wait();
        Task<int> second = slots.RunAsync(() => 2, left.Token).AsTask();
        Assert.Equal(2, slots.Pending);

        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        release.Set();

        Assert.Equal(1, await first);
        Assert.Equal(3, await slots.RunAsync(() => 3, CancellationToken.None));
        Assert.Equal(0, slots.Pending);
    }

    [Fact]
    public async Task FailedWork_GivesItsSlotBack()
    {
        using var slots = new PreparationSlots(1, _metrics.Metrics, TimeProvider.System);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await slots.RunAsync<int>(() => throw new InvalidDataException(), CancellationToken.None));
        Assert.Equal(2, await slots.RunAsync(() => 2, CancellationToken.None));
    }

    [Fact]
    public async Task PaceOfSlowPictures_Fades_WhereNobodyTeachesABetterOne()
    {
        var clock = new ManualClock();
        using var slots = new PreparationSlots(1, _metrics.Metrics, clock);
        TimeSpan before = slots.Backlog(1);
        for (int i = 0; i < 8; i++)
        {
            await slots.RunAsync(
                () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(10));
                    return 0;
                },
                CancellationToken.None);
        }

        TimeSpan slow = slots.Backlog(1);
        Assert.True(slow > TimeSpan.FromSeconds(1), $"eight pictures of ten seconds give {slow}");

        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(((slow + before) / 2).TotalSeconds, slots.Backlog(1).TotalSeconds, 0.001);
        clock.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal(before.TotalSeconds, slots.Backlog(1).TotalSeconds, 0.001);
    }

    private static void InterlockedMax(ref int location, int value)
    {
        for (int seen = Volatile.Read(ref location); value > seen; seen = Volatile.Read(ref location))
            if (Interlocked.CompareExchange(ref location, value, seen) == seen) return;
    }
}
