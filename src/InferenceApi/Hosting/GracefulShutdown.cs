using InferenceApi.Endpoints.Requests;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Serving;
using Microsoft.Extensions.Options;

namespace InferenceApi.Hosting;

/// <summary>
/// On SIGTERM: becomes unready at once, keeps serving for the delay, and then lets the server stop accepting and drain. Connections without
/// a request are closed.
/// </summary>
internal sealed partial class GracefulShutdown(
    ReadinessState readiness,
    BodyRoom bodies,
    OpenConnections connections,
    IOptions<ShutdownOptions> options,
    TimeProvider time,
    ILogger<GracefulShutdown> log) : IHostedLifecycleService, IDisposable
{
    /// <summary>For the server to close idle connections itself, which loses no request that is on its way.</summary>
    private static readonly TimeSpan ServersOwnTime = TimeSpan.FromSeconds(1);

    private ITimer? _endOfIdle;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before any hosted service, the web server among them, is asked to stop.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Stop();
        TimeSpan delay = options.Value.Delay;
        Log.Stopping(log, delay.TotalSeconds, options.Value.DrainTimeout.TotalSeconds);
        if (delay > TimeSpan.Zero) await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        bodies.Close();
        _endOfIdle = time.CreateTimer(_ => connections.EndIdle(), null, ServersOwnTime, ServersOwnTime);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _endOfIdle?.Dispose();

    private static partial class Log
    {
        [LoggerMessage(
            1032, LogLevel.Information, "Shutting down: unready now, serving for {Delay} s more, then draining for at most {Drain} s")]
        public static partial void Stopping(ILogger logger, double delay, double drain);
    }
}
