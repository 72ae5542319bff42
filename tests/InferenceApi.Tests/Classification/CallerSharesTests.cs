using System.Net;
using InferenceApi.Classification;
using InferenceApi.Serving;

namespace InferenceApi.Tests.Classification;

public sealed class CallerSharesTests
{
    private const int Capacity = 100;
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1"), Other = IPAddress.Parse("10.0.0.2");

    [Fact]
    public void OneAddress_HoldsItsShare_OfEachModelsLine()
    {
        var shares = new CallerShares(50);
        CallerShares.Places held = shares.Take(One, "a", 50, Capacity);
        Failure refusal = Assert.Throws<ClassificationException>(() => shares.Take(One, "a", 1, Capacity)).Failure;
        Assert.Equal(FailureKind.Overloaded, refusal.Kind);
        Assert.NotNull(refusal.RetryAfter);
        shares.Take(One, "b", 50, Capacity).Dispose();
        shares.Take(Other, "a", 50, Capacity).Dispose();
        held.Dispose();
        shares.Take(One, "a", 1, Capacity).Dispose();
    }

    [Fact]
    public void RequestThatIsAlone_Passes_HoweverLarge()
    {
        var shares = new CallerShares(10);
        shares.Take(One, "a", 64, Capacity).Dispose();
        shares.Take(One, "a", 64, Capacity).Dispose();
    }

    [Fact]
    public void WholeLine_IsNoShare()
    {
        var shares = new CallerShares(100);
        for (int i = 0; i < 3; i++) _ = shares.Take(One, "a", Capacity, Capacity);
    }

    [Fact]
    public void LargestRequest_IsHalfOfTheDefaultLine_AtMost() =>
        Assert.True(
            new ServingOptions().QueueCapacityFor(largestBatch: 1) / 2 >= new InferenceApi.Endpoints.Uploads.UploadOptions().MaxImages);
}
