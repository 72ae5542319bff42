using Imaging.Decoding;
using InferenceApi.Classification;
using TestKit;

namespace InferenceApi.Tests.Classification;

public sealed class PreparationSlotsTests : IDisposable
{
    private static readonly (long All, long One) Memory = (400, 300);

    private static readonly ImageCost Everyday = new(ImageFormat.Jpeg, TimeSpan.FromMilliseconds(3), 40);
    private static readonly ImageCost Costly = new(ImageFormat.Png, TimeSpan.FromSeconds(1), 200);

    private readonly TestMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task RunAsync_NeverRunsMoreThanItsSlots_AndRunsAll()
    {
        using var slots = new PreparationSlots(2, Memory, _metrics.Metrics, TimeProvider.System);
        int running = 0, highest = 0, done = 0;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await slots.RunAsync(
            Everyday,
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
        using var slots = new PreparationSlots(1, Memory, _metrics.Metrics, TimeProvider.System);
        using var left = new CancellationTokenSource();
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        Task<int> first = Task.Run(
            async () => await slots.RunAsync(Everyday, () => { entered.Set(); release.Wait(); return 1; }, CancellationToken.None));
        entered.Wait();
        Task<int> second = slots.RunAsync(Everyday, () => 2, left.Token);
        Assert.Equal(2, slots.Pending);

        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        release.Set();

        Assert.Equal(1, await first);
        Assert.Equal(3, await slots.RunAsync(Everyday, () => 3, CancellationToken.None));
        Assert.Equal(0, slots.Pending);
    }

    [Fact]
    public async Task FailedWork_GivesItsSlotBack()
    {
        using var slots = new PreparationSlots(1, Memory, _metrics.Metrics, TimeProvider.System);
        await Assert.ThrowsAsync<InvalidDataException>(
            async () => await slots.RunAsync<int>(Everyday, () => throw new InvalidDataException(), CancellationToken.None));
        Assert.Equal(2, await slots.RunAsync(Everyday, () => 2, CancellationToken.None));
    }

    [Fact]
    public async Task SmallPicture_PassesCostlyOnes_WhichRunInTurn()
    {
        using var slots = new PreparationSlots(2, Memory, _metrics.Metrics, TimeProvider.System);
        using var release = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        int Work(int result)
        {
            begun.Release();
            release.Wait();
            return result;
        }

        Task<int>[] costly = [.. Enumerable.Range(0, 3).Select(i => slots.RunAsync(Costly, () => Work(i), CancellationToken.None))];
        await begun.WaitAsync();
        Assert.Equal(7, await slots.RunAsync(Everyday, () => 7, CancellationToken.None));
        // Two turns are free, but two of them would hold 400 of 300 bytes.
        Assert.False(begun.Wait(50));

        release.Set();
        int[] answers = await Task.WhenAll(costly);
        Assert.Equal([0, 1, 2], answers);
        Assert.Equal(0, slots.Pending);
    }

    [Fact]
    public async Task CallerWhoLeavesWhileItWaitsForBytes_LeavesThemToTheNext()
    {
        using var slots = new PreparationSlots(3, Memory, _metrics.Metrics, TimeProvider.System);
        using var release = new ManualResetEventSlim();
        using var left = new CancellationTokenSource();
        Task<int> first = slots.RunAsync(Costly, () => { release.Wait(); return 1; }, CancellationToken.None);
        Task<int> second = slots.RunAsync(Costly, () => 2, left.Token);
        Task<int> third = slots.RunAsync(Costly with { Bytes = 100 }, () => 3, CancellationToken.None);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(3, await third);
        release.Set();
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task Backlog_IsOfTheOwnCost_AndOfWhatIsAheadInItsLane()
    {
        using var slots = new PreparationSlots(2, Memory, _metrics.Metrics, TimeProvider.System);
        using var release = new ManualResetEventSlim();
        Task<int> ahead = slots.RunAsync(Costly, () => { release.Wait(); return 1; }, CancellationToken.None);

        Assert.Equal(TimeSpan.FromMilliseconds(1.5), slots.Backlog([Everyday]));
        Assert.Equal(TimeSpan.FromMilliseconds(3), slots.Backlog([Everyday, Everyday]));
        Assert.Equal(TimeSpan.FromSeconds(1), slots.Backlog([Costly]));
        Assert.Equal(TimeSpan.Zero, slots.Backlog());

        release.Set();
        await ahead;
        Assert.Equal(TimeSpan.FromSeconds(0.5), slots.Backlog([Costly]));
    }

    [Fact]
    public async Task PaceOfSlowPictures_Fades_WhereNobodyTeachesABetterOne()
    {
        var clock = new ManualClock();
        using var slots = new PreparationSlots(1, Memory, _metrics.Metrics, clock);
        TimeSpan before = slots.Backlog([Everyday]);
        await TakeAsync(slots, clock, Everyday, times: 20, each: 20 * Everyday.Time);
        TimeSpan slow = slots.Backlog([Everyday]);
        Assert.True(slow > 5 * before, $"twenty pictures of 60 ms give {slow}");

        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(((slow + before) / 2).TotalSeconds, slots.Backlog([Everyday]).TotalSeconds, 0.0001);
        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(before.TotalSeconds, slots.Backlog([Everyday]).TotalSeconds, 0.0001);
    }

    [Fact]
    public async Task Pace_IsLearntForEachFormat_AndNotFromCostlyPictures_NorFromOnesThatTookForEver()
    {
        var clock = new ManualClock();
        using var slots = new PreparationSlots(1, Memory, _metrics.Metrics, clock);
        ImageCost png = Everyday with { Format = ImageFormat.Png };
        TimeSpan before = slots.Backlog([png]);
        await TakeAsync(slots, clock, Costly, times: 20, each: TimeSpan.FromSeconds(30));
        Assert.Equal(before, slots.Backlog([png]));

        await TakeAsync(slots, clock, Everyday, times: 200, each: TimeSpan.FromSeconds(1));
        Assert.Equal(before, slots.Backlog([png]));
        Assert.InRange(slots.Backlog([Everyday]), 2 * before, 10 * before);
    }

    private static async Task TakeAsync(PreparationSlots slots, ManualClock clock, ImageCost cost, int times, TimeSpan each)
    {
        for (int i = 0; i < times; i++)
        {
            await slots.RunAsync(
                cost,
                () =>
                {
                    clock.Advance(each);
                    return 0;
                },
                CancellationToken.None);
        }
    }

    private static void InterlockedMax(ref int location, int value)
    {
        for (int seen = Volatile.Read(ref location); value > seen; seen = Volatile.Read(ref location))
            if (Interlocked.CompareExchange(ref location, value, seen) == seen) return;
    }
}
