using InferenceApi.Endpoints.Problems;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

public sealed class RefusalPaceTests
{
    private const int ClassifyLine = 1100;

    [Fact]
    public void TenInASecondAreLogged_TheRestIsCountedOnce()
    {
        var clock = new ManualClock();
        var pace = new RefusalPace(clock);
        Assert.Equal(10, Enumerable.Range(0, 35).Count(_ => pace.Count()));
        Assert.True(pace.Exceeded);
        Assert.Equal(0, pace.TakeUnlogged());

        clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.False(pace.Exceeded);
        Assert.Equal(25, pace.TakeUnlogged());
        Assert.Equal(0, pace.TakeUnlogged());
        Assert.True(pace.Count());
    }

    [Fact]
    public async Task FloodOfRefusals_DoesNotFloodTheLog()
    {
        const int Refusals = 200;
        using var api = new ApiFactory();
        api.Settings["Logging:LogLevel:Default"] = "Information";
        long began = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < Refusals; i++) (await api.ClassifyAsync([1, 2, 3])).Dispose();
        double seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(api.Log.Of(ClassifyLine).Count, 1, 10 * (2 + (int)seconds));
    }
}
