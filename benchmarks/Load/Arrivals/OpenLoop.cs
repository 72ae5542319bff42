using System.Collections.Concurrent;
using System.Diagnostics;
using Benchmarks.Load.Http;
using Benchmarks.Load.Measurement;

namespace Benchmarks.Load.Arrivals;

/// <summary>
/// Requests at planned times, whether or not earlier ones are answered, as users send them. A closed loop slows down with the server and
/// so hides its queue; this does not.
/// </summary>
internal static class OpenLoop
{
    // A server that hangs must not hang the benchmark.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(50);

    /// <param name="port">On the loopback.</param>
    /// <param name="requests">Sent in turn.</param>
    /// <param name="times">Planned times, seconds from the start, ascending.</param>
    /// <param name="connections">Opened beforehand; more are opened when all are busy.</param>
    /// <param name="cancellation">Ends the plan early and breaks what is in flight.</param>
    public static async Task<LoadResult> RunAsync(
        int port, byte[][] requests, double[] times, int connections, CancellationToken cancellation = default)
    {
        TimeSpan processor = OwnProcessor.Used;
        IReadOnlyList<Exchange> exchanges = await ExchangesAsync(port, requests, times, connections, cancellation).ConfigureAwait(false);
        return LoadResult.Of(exchanges, OwnProcessor.Used - processor);
    }

    /// <summary>The same, request by request, in planned order.</summary>
    public static async Task<IReadOnlyList<Exchange>> ExchangesAsync(
        int port, byte[][] requests, double[] times, int connections, CancellationToken cancellation = default)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(times[^1]) + AnswerPatience);
        var idle = new ConcurrentStack<Connection>();
        var opened = new ConcurrentBag<Connection>();
        try
        {
            for (int i = 0; i < connections; i++)
            {
                var connection = new Connection(port);
                opened.Add(connection);
                await connection.OpenAsync(cancellation).ConfigureAwait(false);
                idle.Push(connection);
            }

            // A thread of its own, because it sleeps precisely; the answers arrive on others.
            var plan = new Task<Task<Exchange>[]>(Send, TaskCreationOptions.LongRunning);
            plan.Start(TaskScheduler.Default);
            return await Task.WhenAll(await plan.ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            foreach (Connection connection in opened) connection.Dispose();
        }

        Task<Exchange>[] Send()
        {
            var sent = new List<Task<Exchange>>(times.Length);
            long start = Stopwatch.GetTimestamp() + (long)(Lead.TotalSeconds * Stopwatch.Frequency);
            foreach (double time in times)
            {
                if (cancellation.IsCancellationRequested) break;
                long planned = start + (long)(time * Stopwatch.Frequency);
                PreciseWait.Until(planned);
                sent.Add(ExchangeAsync(planned, requests[sent.Count % requests.Length]));
            }

            return [.. sent];
        }

        async Task<Exchange> ExchangeAsync(long planned, byte[] request)
        {
            if (!idle.TryPop(out Connection? connection)) opened.Add(connection = new Connection(port));
            long sent = Stopwatch.GetTimestamp();
            Answer answer = await connection.ExchangeAsync(request, bound.Token).ConfigureAwait(false);
            long done = Stopwatch.GetTimestamp();
            idle.Push(connection);
            return new Exchange(planned, sent, done, answer);
        }
    }
}
