using System.Collections.Concurrent;
using InferenceApi.Runtime;
using TestKit;

namespace InferenceApi.Tests.Runtime;

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
