using InferenceApi.Batching;
using InferenceApi.Serving;
using TestKit;

namespace InferenceApi.Tests.Serving;

/// <summary>
/// Random arrivals, departures, failing runs, passing deadlines, unloads, evictions and new versions at once. Every request must get
/// exactly one answer, and if it is a result, its own; <see cref="ServingRig"/> then checks buffers and sessions.
/// </summary>
public sealed class StressTests
{
    private const int Clients = 16;
    private const int RequestsPerClient = 150;

    private static readonly string[] Names = ["one", "two", "three"];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 4)]
    public async Task EveryRequest_GetsOneAnswer_ItsOwn(int seed, int cores)
    {
        // Room for two of the three.
        await using var rig = new ServingRig(memoryBudget: 5_500, queueCapacity: 12, cores);
        string network = new('x', 2_000);
        foreach (string name in Names) rig.Install(name, network);
        // Warm-up makes fewer than 20 runs; a failure there would be a failure to load.
        rig.FailRun = runs => runs > 20 && new Random(seed + runs).Next(20) == 0;
        var answers = new int[5];
        using var done = new CancellationTokenSource();
        Task disorder = Task.Run(() => MakeDisorderAsync(rig, seed, done.Token));

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + client);
            for (int i = 0; i < RequestsPerClient; i++)
                Interlocked.Increment(ref answers[(int)await RequestAsync(rig, random, value: (client * RequestsPerClient) + i)]);
        }))).WaitAsync(4 * Patience.Limit);
        await done.CancelAsync();
        await disorder.Soon();

        Assert.Equal(Clients * RequestsPerClient, answers.Sum());
        Assert.True(answers[(int)Outcome.Answered] > Clients * RequestsPerClient / 10,
            $"Too few answers to mean anything: {string.Join(", ", answers)}.");
        Assert.All(Names, name => Assert.Equal(0, rig.Status(name).Waiting));
    }

    private static async Task<Outcome> RequestAsync(ServingRig rig, Random random, float value)
    {
        using var leaving = new CancellationTokenSource();
        int fate = random.Next(10);
        if (fate == 0) await leaving.CancelAsync();
        try
        {
            using ModelLease lease = await rig.Models.AcquireAsync(Names[random.Next(Names.Length)], leaving.Token).AsTask().Soon();
            long deadline = random.Next(4) == 0 ? rig.Clock.In(TimeSpan.FromMilliseconds(3)) : long.MaxValue;
            using AdmissionTicket ticket = lease.Model.Admit(2, deadline, TimeSpan.Zero);
            Task<ImageResult> answer = ticket.EnqueueAsync(rig.Images.Rent(value), leaving.Token);
            if (fate == 1) _ = Task.Run(leaving.Cancel, CancellationToken.None);
            using ImageResult result = await answer.Soon();
            for (int index = 0; index < ServingRig.Classes; index++)
                Assert.Equal(ScriptedInstance.Score(value, index), result.Logits[index]);
            return Outcome.Answered;
        }
        catch (OverloadedException)
        {
            return Outcome.Refused;
        }
        catch (DeadlineExceededException)
        {
            return Outcome.Expired;
        }
        catch (RunFailedException)
        {
            return Outcome.Failed;
        }
        catch (OperationCanceledException) when (fate < 2)
        {
            return Outcome.Left;
        }
    }

    private static async Task MakeDisorderAsync(ServingRig rig, int seed, CancellationToken done)
    {
        var random = new Random(seed);
        int versions = 0;
        while (!done.IsCancellationRequested)
        {
            string name = Names[random.Next(Names.Length)];
            switch (random.Next(8))
            {
                case 0 when versions++ < 5:
                    rig.Install(name, new string('y', 2_000));
                    await rig.Models.CheckStoreAsync(CancellationToken.None).Soon();
                    break;
                default:
                    rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
                    await Task.Yield();
                    break;
            }
        }
    }

    private enum Outcome
    {
        Answered,
        Refused,
        Expired,
        Failed,
        Left,
    }
}
