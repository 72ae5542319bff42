using System.Diagnostics;
using Benchmarks.Load.Http;
using Benchmarks.Load.Measurement;

namespace Benchmarks.Load.Arrivals;

/// <summary>
/// N clients, each sending its next request as soon as the last is answered: finds capacity, and with one client the idle latency.
/// </summary>
internal static class ClosedLoop
{
    // A server that hangs must not hang the benchmark.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(60);

    /// <param name="port">On the loopback.</param>
    /// <param name="requests">Sent in turn.</param>
    /// <param name="clients">Connections.</param>
    /// <param name="duration">No request starts after it.</param>
    /// <param name="maxRequests">Nor more than these in all.</param>
    /// <param name="cancellation">Ends it early and breaks what is in flight.</param>
    public static async Task<LoadResult> RunAsync(
        int port, byte[][] requests, int clients, TimeSpan duration, int maxRequests = int.MaxValue,
        CancellationToken cancellation = default)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(duration + AnswerPatience);
        Connection[] connections = [.. Enumerable.Range(0, clients).Select(_ => new Connection(port))];
        try
        {
            foreach (Connection connection in connections) await connection.OpenAsync(cancellation).ConfigureAwait(false);
            TimeSpan processor = OwnProcessor.Used;
            long end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
            int next = -1;
            List<Exchange>[] all = await Task.WhenAll(connections.Select(ClientAsync)).ConfigureAwait(false);
            return LoadResult.Of([.. all.SelectMany(list => list)], OwnProcessor.Used - processor);

            async Task<List<Exchange>> ClientAsync(Connection connection)
            {
                var exchanges = new List<Exchange>();
                while (Stopwatch.GetTimestamp() < end && !bound.IsCancellationRequested)
                {
                    int number = Interlocked.Increment(ref next);
                    if (number >= maxRequests) break;
                    long sent = Stopwatch.GetTimestamp();
                    Answer answer = await connection.ExchangeAsync(requests[number % requests.Length], bound.Token).ConfigureAwait(false);
                    exchanges.Add(new Exchange(sent, sent, Stopwatch.GetTimestamp(), answer));
                }

                return exchanges;
            }
        }
        finally
        {
            foreach (Connection connection in connections) connection.Dispose();
        }
    }
}
