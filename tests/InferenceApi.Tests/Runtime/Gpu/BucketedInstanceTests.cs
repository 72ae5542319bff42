using InferenceApi.Runtime;
using InferenceApi.Runtime.Gpu;
using TestKit;

namespace InferenceApi.Tests.Runtime.Gpu;

/// <summary>Rows, padding and recovery of GPU sessions, with a native side that is written here.</summary>
public sealed class BucketedInstanceTests
{
    private const int RowLength = 3, Classes = 2;

    private readonly List<int> _runs = [];
    private readonly HashSet<int> _threads = [];
    private int _opened;
    private int _closed;
    private int _largestThatFits = int.MaxValue;

    [Fact]
    public void AnyNumberOfRows_RunsAtTheNextSize_AndEveryRowGetsItsOwn()
    {
        using BucketedInstance session = Open(16);
        foreach (int rows in (int[])[5, 1, 16, 9, 13, 3])
        {
            for (int row = 0; row < rows; row++) session.InputRow(row).Span.Fill((100 * rows) + row);
            session.Run(rows);
            for (int row = 0; row < rows; row++)
                Assert.Equal([(100 * rows) + row, -((100 * rows) + row)], session.OutputRow(row).ToArray());
        }

        Assert.Equal([6, 1, 16, 12, 16, 3], _runs);
        Assert.Equal(1, _opened);
    }

    [Fact]
    public void AllRuns_AreMadeByOneThread_WhoeverAsks()
    {
        using BucketedInstance session = Open(4);
        for (int i = 0; i < 3; i++)
        {
            var caller = new Thread(() => session.Run(2));
            caller.Start();
            Assert.True(caller.Join(Patience.Limit));
        }

        session.Run(1);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, _threads);
        Assert.Single(_threads);
    }

    [Fact]
    public void OutOfMemory_ReopensAndAnswersInSmallerRuns()
    {
        using BucketedInstance session = Open(16);
        _largestThatFits = 4;
        for (int row = 0; row < 10; row++) session.InputRow(row).Span.Fill(row + 1);

        session.Run(10);

        for (int row = 0; row < 10; row++) Assert.Equal([row + 1, -(row + 1)], session.OutputRow(row).ToArray());
        // 12, 8 and 6 did not fit; 4 + 4 + 2 did.
        Assert.Equal([12, 8, 6, 4, 4, 2], _runs);
        Assert.Equal((4, 3), (_opened, _closed));

        _runs.Clear();
        session.Run(10);
        Assert.Equal([4, 4, 2], _runs);
    }

    [Fact]
    public void AfterAWhile_LargerRunsAreTriedAgain()
    {
        using BucketedInstance session = Open(8);
        _largestThatFits = 4;
        session.Run(8);
        _largestThatFits = int.MaxValue;
        for (int i = 0; i < 2000; i++) session.Run(1);
        _runs.Clear();

        session.Run(8);

        Assert.Equal([8], _runs);
    }

    [Fact]
    public void NoMemoryEvenForOneRow_IsTheCallersFailure_AndTheNextRunTriesAgain()
    {
        using BucketedInstance session = Open(4);
        _largestThatFits = 0;
        Assert.Throws<DeviceMemoryException>(() => session.Run(3));
        Assert.Equal(_opened, _closed);

        _largestThatFits = 4;
        session.InputRow(0).Span.Fill(7);
        session.Run(1);
        Assert.Equal([7, -7], session.OutputRow(0).ToArray());
    }

    [Fact]
    public void Disposed_GivesEverythingBack()
    {
        BucketedInstance session = Open(4);
        Memory<float> row = session.InputRow(0);
        session.Dispose();
        session.Dispose();

        Assert.Equal((1, 1), (_opened, _closed));
        Assert.Throws<ObjectDisposedException>(() => session.Run(1));
        Assert.Throws<ObjectDisposedException>(() => row.Span[0]);
    }

    [Fact]
    public void Run_InSteadyState_AllocatesNothing()
    {
        using BucketedInstance session = Open(4);
        _runs.EnsureCapacity(10_000);
        // An event makes its lock when it first has to wait: once in a life, not in every thousand runs.
        Assert.Contains(0L, Enumerable.Range(0, 3).Select(_ => AllocatedByAThousand(session)).ToArray());
    }

    [Theory]
    [InlineData("BFCArena::AllocateRawInternal(size_t, bool) Available memory of 0 is smaller than requested bytes of 4096", true)]
    [InlineData("Failed to allocate memory for requested buffer of size 1048576", true)]
    [InlineData("CUDA failure 2: out of memory ; GPU=0", true)]
    [InlineData("Non-zero status code returned while running Conv node", false)]
    public void OutOfMemory_IsToldFromOtherFailures(string message, bool expected) =>
        Assert.Equal(expected, DeviceMemoryException.Explains(message));

    private static long AllocatedByAThousand(BucketedInstance session)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) session.Run(1 + (i % 4));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private BucketedInstance Open(int maxBatch)
    {
        var input = new StagedTensor(maxBatch * RowLength, null);
        var output = new StagedTensor(maxBatch * Classes, null);
        return new BucketedInstance(BatchSizes.Gpu(maxBatch), 0, input, output, () => OpenNative(input, output, maxBatch));
    }

    /// <summary>Scores each row v as v and −v, through the memory of runs, and counts.</summary>
    private BucketRuns OpenNative(StagedTensor input, StagedTensor output, int maxBatch)
    {
        _opened++;
        var seen = input.View(maxBatch, RowLength);
        var made = output.View(maxBatch, Classes);
        return new BucketRuns(
            size =>
            {
                _runs.Add(size);
                _threads.Add(Environment.CurrentManagedThreadId);
                if (size > _largestThatFits) throw new DeviceMemoryException("full");
                ReadOnlySpan<float> rows = seen.GetTensorDataAsSpan<float>();
                Span<float> scores = made.GetTensorMutableDataAsSpan<float>();
                for (int row = 0; row < size; row++) (scores[row * Classes], scores[(row * Classes) + 1]) =
                    (rows[row * RowLength], -rows[row * RowLength]);
            },
            () =>
            {
                _closed++;
                seen.Dispose();
                made.Dispose();
            });
    }
}
