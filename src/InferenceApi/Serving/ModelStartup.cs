using Microsoft.Extensions.Options;

namespace InferenceApi.Serving;

/// <summary>
/// Preloads, announces readiness, watches the store, and drains at the end. A failed preload is retried at every poll of the store.
/// </summary>
public sealed partial class ModelStartup : BackgroundService
{
    private readonly ServedModels _models;
    private readonly ReadinessState _readiness;
    private readonly ServingOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<ModelStartup> _logger;

    public ModelStartup(
        ServedModels models, ReadinessState readiness, IOptions<ServingOptions> options, TimeProvider clock, ILogger<ModelStartup> logger)
    {
        _models = models;
        _readiness = readiness;
        _options = options.Value;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>The store is read before the first request, unless it does not respond.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await CheckStoreAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await _models.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool preloaded = await PreloadAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(_options.StorePoll, _clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (!preloaded) preloaded = await PreloadAsync(stoppingToken).ConfigureAwait(false);
            await CheckStoreAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> PreloadAsync(CancellationToken cancellation)
    {
        foreach (string name in _options.Preload)
        {
            try
            {
                (await _models.AcquireAsync(name, cancellation).ConfigureAwait(false)).Dispose();
            }
            catch (Exception failure) when (failure is UnknownModelException or ModelUnavailableException or StoreUnavailableException)
            {
                if (_readiness.Reason != failure.Message) Log.NotPreloaded(_logger, name, failure.Message);
                _readiness.SetNotReady(failure.Message);
                return false;
            }
        }

        if (!cancellation.IsCancellationRequested) _readiness.SetReady();
        return true;
    }

    private async Task CheckStoreAsync(CancellationToken cancellation)
    {
        try
        {
            await _models.CheckStoreAsync(cancellation).ConfigureAwait(false);
        }
        catch (StoreUnavailableException failure)
        {
            Log.StoreUnreadable(_logger, failure.InnerException);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3011, LogLevel.Error, "{Model} cannot be preloaded: {Reason}")]
        public static partial void NotPreloaded(ILogger logger, string model, string reason);

        [LoggerMessage(3012, LogLevel.Warning, "The store cannot be read or does not respond; loaded models are still served")]
        public static partial void StoreUnreadable(ILogger logger, Exception? cause);
    }
}
