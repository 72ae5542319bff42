using InferenceApi.Batching;
using TestKit;

namespace InferenceApi.Tests.Batching;

public sealed class WaitEstimateMarginTests
{
    private static readonly TimeSpan Estimated = TimeSpan.FromMilliseconds(100);

    private readonly ManualClock _clock = new();

    [Fact]
    public void Margin_BeforeAnythingIsKnown_IsAQuarter() => Assert.Equal(1.25, new WaitEstimateMargin(_clock).Value, 12);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1.5, 1.5)]
    [InlineData(0.5, 1)]
    [InlineData(50, 4)]
    public void Margin_AfterSteadyRatios_IsTheirMean_WithinItsBounds(double ratio, double margin)
    {
        var error = new WaitEstimateMargin(_clock);
        for (int i = 0; i < 500; i++) error.Observe(Estimated, Estimated * ratio);
        Assert.Equal(margin, error.Value, 3);
    }

    [Fact]
    public void Margin_OfUnsteadyRatios_LiesAboveTheirMean()
    {
        var error = new WaitEstimateMargin(_clock);
        for (int i = 0; i < 500; i++) error.Observe(Estimated, Estimated * (i % 2 == 0 ? 0.9 : 1.5));
        Assert.InRange(error.Value, 2.0, 2.6);
    }

    [Fact]
    public void OneOutlier_MovesTheMarginLittle()
    {
        var error = new WaitEstimateMargin(_clock);
        for (int i = 0; i < 500; i++) error.Observe(Estimated, Estimated);
        error.Observe(Estimated, Estimated * 1000);
        Assert.InRange(error.Value, 1.5, 2.0);
    }

    [Fact]
    public void EstimateOfNothing_IsIgnored()
    {
        var error = new WaitEstimateMargin(_clock);
        error.Observe(TimeSpan.Zero, Estimated);
        Assert.Equal(1.25, error.Value, 12);
    }

    [Fact]
    public void WhatWasLearnt_FadesToTheStart_WhereNothingNewIsLearnt()
    {
        var error = new WaitEstimateMargin(_clock);
        for (int i = 0; i < 500; i++) error.Observe(Estimated, Estimated * 3);
        Assert.Equal(3, error.Value, 3);

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((3 + 1.25) / 2, error.Value, 3);
        _clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(1.25, error.Value, 3);
    }
}
