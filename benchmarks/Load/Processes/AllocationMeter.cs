using Benchmarks.Load.Measurement;

namespace Benchmarks.Load.Processes;

/// <summary>Reads a server's own counters of managed allocation around a stretch of load.</summary>
internal sealed class AllocationMeter
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    private readonly int _port;
    private readonly AllocationBackground _background;
    private readonly MetricsPage _before;

    private AllocationMeter(int port, AllocationBackground background, MetricsPage before)
    {
        _port = port;
        _background = background;
        _before = before;
    }

    /// <summary>Measures the background for three seconds in which nothing must be asked; null where the server tells no figures.</summary>
    public static async Task<AllocationMeter?> StartAsync(int port, CancellationToken cancellation)
    {
        // The very first scrape makes buffers that the others use again.
        if ((await MetricsPage.ReadAsync(port, cancellation).ConfigureAwait(false)).AllocatedBytes is null) return null;
        double first = await AllocatedAsync(port, cancellation).ConfigureAwait(false);
        double second = await AllocatedAsync(port, cancellation).ConfigureAwait(false);
        await Task.Delay(Quiet, TimeProvider.System, cancellation).ConfigureAwait(false);
        MetricsPage before = await MetricsPage.ReadAsync(port, cancellation).ConfigureAwait(false);
        var background = AllocationBackground.Of(first, second, before.AllocatedBytes ?? second, Quiet.TotalSeconds);
        return new AllocationMeter(port, background, before);
    }

    /// <summary>What was allocated since <see cref="StartAsync"/>.</summary>
    public async Task<AllocationResult> StopAsync(double seconds, int images, CancellationToken cancellation)
    {
        MetricsPage after = await MetricsPage.ReadAsync(_port, cancellation).ConfigureAwait(false);
        double bytes = (after.AllocatedBytes - _before.AllocatedBytes) ?? double.NaN;
        double buffers = (after.ReceiveBufferBytes - _before.ReceiveBufferBytes) ?? 0;
        return new AllocationResult(
            _background.PerImage(bytes - buffers, seconds, images), bytes / images, buffers / images, _background,
            (after.Gen2Collections - _before.Gen2Collections) ?? 0);
    }

    private static async Task<double> AllocatedAsync(int port, CancellationToken cancellation) =>
        (await MetricsPage.ReadAsync(port, cancellation).ConfigureAwait(false)).AllocatedBytes ?? double.NaN;
}
