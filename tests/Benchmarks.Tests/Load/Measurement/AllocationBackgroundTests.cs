using Benchmarks.Load.Measurement;

namespace Benchmarks.Tests.Load.Measurement;

public sealed class AllocationBackgroundTests
{
    private const double Scrape = 40_000;
    private const double PerSecond = 3_000;
    private const double PerImage = 8_000;

    [Theory]
    [InlineData(83, 10)]
    [InlineData(5_000, 10)]
    public void PerImage_IsTheImagesOwn_HoweverFewShareTheBackground(int images, double seconds)
    {
        AllocationBackground background = AllocationBackground.Of(1e6, 1e6 + Scrape, 1e6 + (2 * Scrape) + (3 * PerSecond), seconds: 3);

        double bytes = Scrape + (PerSecond * seconds) + (PerImage * images);

        Assert.Equal((Scrape, PerSecond), (background.BytesPerScrape, background.BytesPerSecond));
        Assert.Equal(PerImage, background.PerImage(bytes, seconds, images), 1e-6);
    }

    [Fact]
    public void Of_SecondScrapeDearerThanTheThird_GivesNoNegativeRate() =>
        Assert.Equal(0, AllocationBackground.Of(0, 50_000, 90_000, seconds: 3).BytesPerSecond);
}
