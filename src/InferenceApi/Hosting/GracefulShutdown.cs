using InferenceApi.Serving;
using Microsoft.Extensions.Options;

namespace InferenceApi.Hosting;

/// <summary>On SIGTERM: unready at once, keep serving for the delay, and only then let the server stop accepting and drain.</summary>
internal sealed partial class GracefulShutdown(
    ReadinessState readiness, IOptions<ShutdownOptions> options, TimeProvider time, ILogger<GracefulShutdown> log) : IHostedLifecycleService
{
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
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1032, LogLevel.Information, "Shutting down: unready now, serving for {Delay} s more, then draining for at most {Drain} s")]
        public static partial void Stopping(ILogger logger, double delay, double drain);
    }
}
