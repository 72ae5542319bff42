using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Load.Hostile;

/// <summary>
/// Many hostile clients at once, each from an address of its own in 127.0.0.0/8, so that shares by address cannot stop them.
/// </summary>
internal sealed class Attackers(int port, string model)
{
    private const int AddressesPerBlock = 250;
    private readonly ConcurrentDictionary<string, int> _outcomes = new();

    /// <summary>How often each outcome came: a status, "no answer" for a connection that broke or ended without one.</summary>
    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    /// <summary>Keeps so many connections under attack until <paramref name="end"/>; each that is over is followed by a new one.</summary>
    public Task HoldAsync(Attack attack, int connections, CancellationToken end) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(number => AttackerAsync(number, attack, int.MaxValue, end)));

    /// <summary>So many attacks in all, some of them at once.</summary>
    public Task RepeatAsync(Attack attack, int attacks, int atOnce, CancellationToken end) =>
        Task.WhenAll(Enumerable.Range(0, atOnce).Select(number =>
            AttackerAsync(number, attack, (attacks / atOnce) + (number < attacks % atOnce ? 1 : 0), end)));

    private async Task AttackerAsync(int number, Attack attack, int times, CancellationToken end)
    {
        for (int i = 0; i < times && !end.IsCancellationRequested; i++)
        {
            string outcome = "no answer";
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(Address(number), 0));
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), end).ConfigureAwait(false);
                int status = await attack.RunAsync(socket, model, end).ConfigureAwait(false);
                if (status > 0) outcome = $"{status}";
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException)
            {
                // The service closed the connection, or the attack is over.
            }

            if (!end.IsCancellationRequested) _outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
        }
    }

    private static IPAddress Address(int number) =>
        new([127, 1, (byte)(number / AddressesPerBlock), (byte)((number % AddressesPerBlock) + 1)]);
}
