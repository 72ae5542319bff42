using InferenceApi.Batching;
using InferenceApi.Runtime;
using TestKit;

namespace InferenceApi.Tests.Batching;

/// <summary>Runs of the warm-up that hang, throw or end.</summary>
public sealed class WatchedInstanceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(0.2);

    [Fact]
    public void RunThatHangs_GivesItsSlotsBack_AndIsClosedOnlyWhenItEnds()
    {
        using var end = new ManualResetEventSlim();
        var instance = new ScriptedInstance(maxBatch: 1, rowLength: 1, classes: 1) { OnRun = _ => end.Wait() };
        OpenedModel watched = WatchedInstance.Watch(new OpenedModel(ExecutionProvider.Cpu, [instance]), Limit);
        var slots = new ComputeSlots(1);

        Assert.Throws<TimeoutException>(() => WarmUp.Measure(watched.Instances, slots, TimeProvider.System, TimeSpan.Zero, default));

        Assert.Equal(1, slots.Take(0, (free, _) => free));
        watched.Dispose();
        Assert.Equal(0, instance.TimesDisposed);
        end.Set();
        Patience.Until(() => instance.TimesDisposed == 1, "the instance is closed after its run");
    }

    [Fact]
    public void RunThatThrows_ThrowsItsOwn_AndTheInstanceIsClosedAtOnce()
    {
        var instance = new ScriptedInstance(maxBatch: 1, rowLength: 1, classes: 1)
        {
            OnRun = _ => throw new InvalidOperationException("no"),
        };
        OpenedModel watched = WatchedInstance.Watch(new OpenedModel(ExecutionProvider.Cpu, [instance]), Limit);
        Assert.Equal("no", Assert.Throws<InvalidOperationException>(() => watched.Instances[0].Run(1)).Message);
        watched.Dispose();
        Assert.Equal(1, instance.TimesDisposed);
    }
}
