using System.Collections.Concurrent;
using InferenceApi.Batching;
using TestKit;

namespace InferenceApi.Tests.Batching;

public sealed class ComputeSlotsTests
{
    [Fact]
    public void Slots_AreGivenInTheOrderOfAsking()
    {
        var slots = new ComputeSlots(1);
        slots.Take();
        var order = new ConcurrentQueue<int>();
        var threads = new List<Thread>();
        for (int i = 0; i < 5; i++)
        {
            int number = i;
            var thread = new Thread(() =>
            {
                slots.Take();
                order.Enqueue(number);
                slots.Release();
            });
            thread.Start();
            threads.Add(thread);
            Patience.Until(() => slots.Waiting == number + 1, "the thread is in line");
        }

        slots.Release();

        Assert.All(threads, thread => Assert.True(thread.Join(Patience.Limit)));
        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Fact]
    public void NoMoreRuns_ThanSlots()
    {
        var slots = new ComputeSlots(3);
        int running = 0, most = 0;
        Thread[] threads =
        [
            .. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    slots.Take();
                    int now = Interlocked.Increment(ref running);
                    InterlockedMax(ref most, now);
                    Interlocked.Decrement(ref running);
                    slots.Release();
                }
            })),
        ];
        foreach (Thread thread in threads) thread.Start();

        Assert.All(threads, thread => Assert.True(thread.Join(Patience.Limit)));
        Assert.InRange(most, 1, 3);
        Assert.Throws<InvalidOperationException>(() => slots.Release());
    }

    [Fact]
    public void WhoWaitsForAllSlots_IsNotOvertaken()
    {
        var slots = new ComputeSlots(3);
        slots.Take();
        var order = new ConcurrentQueue<int>();
        Thread Start(int wanted)
        {
            var thread = new Thread(() =>
            {
                int taken = slots.Take(0, (free, _) => free >= wanted ? wanted : 0);
                order.Enqueue(wanted);
                Assert.Equal(wanted, taken);
                slots.Release(0, taken);
            });
            thread.Start();
            return thread;
        }

        Thread all = Start(3);
        Patience.Until(() => slots.Waiting == 1, "the first is in line");
        // There is a slot for this one, but it came later.
        Thread one = Start(1);
        Patience.Until(() => slots.Waiting == 2, "the second is in line");
        slots.Release();

        Assert.True(all.Join(Patience.Limit) && one.Join(Patience.Limit));
        Assert.Equal([3, 1], order);
        Assert.Equal(3, slots.Take(0, (free, _) => free));
    }

    [Fact]
    public void SlotsGivenBackTogether_GoToAsManyAsTheyServe()
    {
        var slots = new ComputeSlots(2);
        slots.Take(0, (free, _) => free);
        using var both = new Barrier(3);
        int behindFirst = -1;
        for (int i = 0; i < 2; i++)
        {
            bool first = i == 0;
            new Thread(() =>
            {
                slots.Take(0, (_, behind) =>
                {
                    if (first) behindFirst = behind;
                    return 1;
                });
                both.SignalAndWait(Patience.Limit);
            }).Start();
            Patience.Until(() => slots.Waiting == i + 1, "the thread is in line");
        }

        slots.Release(count: 2);

        Assert.True(both.SignalAndWait(Patience.Limit), "Both were served.");
        Assert.Equal((1, 0), (behindFirst, slots.Waiting));
        Assert.Throws<InvalidOperationException>(() => slots.Release(count: 3));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
