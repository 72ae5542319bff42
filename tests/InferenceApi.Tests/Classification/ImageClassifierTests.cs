using InferenceApi.Classification;
using InferenceApi.Serving;
using InferenceApi.Telemetry;
using InferenceApi.Tests.Endpoints;
using Microsoft.Extensions.DependencyInjection;
using TestKit;

namespace InferenceApi.Tests.Classification;

/// <summary>The walk without a protocol round it, on the service's own objects and a network that is small enough to run at once.</summary>
public sealed class ImageClassifierTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(20);

    private TimeProvider Time => api.Services.GetRequiredService<TimeProvider>();

    private ImageClassifier Classifier => api.Services.GetRequiredService<ImageClassifier>();

    [Fact]
    public async Task StagesOfOneImage_AddUpToTheWholeTime()
    {
        var gaps = new List<double>();
        // The best of five: a busy machine interrupts between two stages too.
        for (int i = 0; i < 5; i++)
        {
            RequestRecord record = Record();
            await Classifier.ClassifyAsync(
                new(record, Allowed, null),
                async cancellation =>
                {
                    // A body that takes its time on the way.
                    await Task.Delay(TimeSpan.FromMilliseconds(80), TimeProvider.System, cancellation);
                    return Images(SmallPng.Rgb(200, 200));
                },
                default);

            StageTimings stages = record.Timings;
            TimeSpan named =
                stages.Read + stages.Admit + stages.Slot + stages.Decode + stages.Prepare + stages.Queue + stages.Run + stages.Rank;
            gaps.Add((Time.GetElapsedTime(record.Arrived, record.Classified) - named).TotalMilliseconds);
            Assert.True(stages.Read >= TimeSpan.FromMilliseconds(75), $"read took {stages.Read}");
        }

        Assert.InRange(gaps.Min(), 0, 2);
    }

    [Fact]
    public async Task BodyThatIsStillRead_HoldsNoPlaceAndNoLease()
    {
        await ClassifyAsync(Record(), SmallPng.Rgb(20, 20));
        ServedModels models = api.Services.GetRequiredService<ServedModels>();
        ServedModel model = (await models.FindAsync(ApiFactory.Model, default))!;
        var bodies = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] slow =
        [
            .. Enumerable.Range(0, 3 * model.QueueCapacity).Select(_ => Classifier.ClassifyAsync(
                new(Record(), Allowed, null),
                async cancellation =>
                {
                    await bodies.Task.WaitAsync(cancellation);
                    throw new InvalidDataException("The body ended early.");
                },
                default)),
        ];

        Assert.Equal(0, model.Waiting);
        Assert.False(model.IsLeased);
        ClassificationReply reply = await ClassifyAsync(Record(), SmallPng.Rgb(20, 20));

        Assert.Null(reply.Images[0].Failure);
        bodies.SetResult();
        // What the reader throws is the protocol's own, and goes through as it is.
        foreach (Task each in slow) await Assert.ThrowsAsync<InvalidDataException>(() => each.Soon());
    }

    [Fact]
    public async Task RequestWithoutAnImage_LoadsNothing()
    {
        const string Cold = "resnet18_ssl";
        api.Store.Install(Cold, TinyOnnx.Create(224, ApiFactory.Classes), 224, ApiFactory.Classes);
        RequestRecord record = Record(Cold);

        ClassificationException failure =
            await Assert.ThrowsAsync<ClassificationException>(() => ClassifyAsync(record, "no picture"u8.ToArray()));

        Assert.Equal(FailureKind.ImageFormatUnsupported, failure.Failure.Kind);
        Assert.Equal((1, 1, 0), (record.Images, record.Failed, record.Version));
        Assert.Null(await api.Services.GetRequiredService<ServedModels>().FindAsync(Cold, default));
    }

    [Fact]
    public async Task EveryImageBad_FailsTheRequest_WithTheFirstOnesReason()
    {
        ClassificationException failure = await Assert.ThrowsAsync<ClassificationException>(
            () => ClassifyAsync(Record(), SmallPng.Rgb(20, 20)[..40], "text"u8.ToArray()));

        Assert.Equal(FailureKind.ImageUnreadable, failure.Failure.Kind);
        Assert.StartsWith("All 2 images failed; the first: ", failure.Failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallerWhoLeavesWhileItsBodyIsRead_EndsAsCancelled()
    {
        using var left = new CancellationTokenSource();
        Task reading = Classifier.ClassifyAsync(
            new(Record(), Allowed, null),
            async cancellation =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
                return new EncodedImages();
            },
            left.Token);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Soon());
    }

    private static EncodedImages Images(params byte[][] files)
    {
        var images = new EncodedImages();
        foreach (byte[] file in files) images.Add(new EncodedImage(null, new LentFile(file)));
        return images;
    }

    private RequestRecord Record(string model = ApiFactory.Model) => new() { Model = model, Arrived = Time.GetTimestamp() };

    private Task<ClassificationReply> ClassifyAsync(RequestRecord record, params byte[][] files) =>
        Classifier.ClassifyAsync(new(record, Allowed, null), _ => ValueTask.FromResult(Images(files)), default);

    private sealed class LentFile(byte[] bytes) : System.Buffers.IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
        }
    }
}
