using System.Buffers;
using InferenceApi.Batching;
using TestKit;

namespace InferenceApi.Tests.Batching;

public sealed class ImageQueueTests
{
    [Fact]
    public void FullQueue_RefusesWithoutWaiting()
    {
        using var rig = new BatchingRig(capacity: 3);
        rig.Slots.Take();
        for (int value = 0; value < 3; value++) _ = rig.Enqueue(value);
        IMemoryOwner<float> refused = rig.Images.Rent(9);

        Assert.False(rig.Queue.TryEnqueue(refused, long.MaxValue, default, out _));

        // What was refused is still the caller's to use and to give back.
        Assert.Equal(9, refused.Memory.Span[0]);
        refused.Dispose();
        rig.Slots.Release();
    }

    [Fact]
    public async Task CancelledImage_FreesItsPlaceAtOnce()
    {
        using var rig = new BatchingRig(capacity: 2);
        using var leaving = new CancellationTokenSource();
        rig.Slots.Take();
        _ = rig.Enqueue(1);
        Task<ImageResult> left = rig.Enqueue(2, cancellation: leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.Soon());

        Task<ImageResult> third = rig.Enqueue(3);

        rig.Slots.Release();
        rig.Session.Open();
        await BatchingRig.AssertAnswers(third, 3);
    }

    [Fact]
    public void ImageOfAnotherLength_IsRefusedAsAMistake()
    {
        using var rig = new BatchingRig();
        using IMemoryOwner<float> image = new CountedImages(rig.Session.RowLength + 1).Rent(1);

        Assert.Throws<ArgumentException>(() => rig.Queue.TryEnqueue(image, long.MaxValue, default, out _));
    }
}
