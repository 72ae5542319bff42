namespace InferenceApi.Batching;

/// <content>Runs that hang, and the instances that replace theirs.</content>
internal sealed partial class BatchWorker
{
    /// <summary>Called by the watchdog on a pool thread, some time after the run passed its limit.</summary>
    private void GiveUpOverdueRun()
    {
        if (_current is not { } run) return;
        TimeSpan left = run.Limit - _clock.GetElapsedTime(run.StartedAt);
        if (left > TimerSlack)
        {
            // Set by an earlier run.
            _watchdog.Change(left, Timeout.InfiniteTimeSpan);
            return;
        }

        if (!run.TryEnd()) return;
        _current = null;
        // Before its slots are released, so that their next holder does not use this instance.
        run.Place.Vacate();
        _slots.Release(_own.Device, run.Slots);
        Log.GivenUp(_logger, _model, run.Rows, run.Limit.TotalSeconds);
        run.Fail(new RunFailedException(_model, new TimeoutException($"The run did not end within {run.Limit.TotalSeconds:F0} s.")));
        _metrics.RunFinished(_model, _version, run.Rows, failed: true);
        _ = ReplaceAsync(run.Place);
        if (run.Place != _own) Start();
    }

    /// <summary>Opens another instance, and retries until it succeeds. The worker's own thread then continues.</summary>
    private async Task ReplaceAsync(MeasuredInstance place)
    {
        while (!await TryRefillAsync(place).ConfigureAwait(false))
        {
            await Task.WhenAny(Task.Delay(ReopenAfter, _clock), _queue.Closed).ConfigureAwait(false);
            if (!_queue.Closed.IsCompleted) continue;
            if (place == _own) EndWithoutInstance();
            return;
        }

        if (place == _own) Start();
    }

    private async Task<bool> TryRefillAsync(MeasuredInstance place)
    {
        try
        {
            await Task.Factory.StartNew(place.Refill, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
            Log.Replaced(_logger, _model);
            return true;
        }
#pragma warning disable CA1031 // Whatever opening throws, it is tried again; the other instances go on meanwhile.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotReplaced(_logger, _model, failure);
            return false;
        }
    }

    /// <summary>The model is being unloaded, so no caller waits for the rest of its queue.</summary>
    private void EndWithoutInstance()
    {
        while (_queue.Drain(_batch, 1) > 0)
        {
            _batch[0].ReleaseImage();
            _batch[0].Fail(new QueueClosedException());
        }

        _ended.SetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Error, "A run of {Rows} images of {Model} failed.")]
        public static partial void RunFailed(ILogger logger, string model, int rows, Exception failure);

        [LoggerMessage(
            2002, LogLevel.Error, "A run of {Rows} images of {Model} did not end within {Limit:F1} s; it and its instance are abandoned.")]
        public static partial void GivenUp(ILogger logger, string model, int rows, double limit);

        [LoggerMessage(2003, LogLevel.Warning, "{Model} has a new instance in place of the abandoned one.")]
        public static partial void Replaced(ILogger logger, string model);

        [LoggerMessage(2004, LogLevel.Error, "{Model} has one instance fewer: a new one cannot be opened now.")]
        public static partial void NotReplaced(ILogger logger, string model, Exception failure);
    }
}
