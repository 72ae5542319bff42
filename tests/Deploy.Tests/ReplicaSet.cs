using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>
/// Pods behind a balancer that knows only what readiness probes say, in the rendered period and after the rendered number of
/// failures: slower than a real cluster, which also hears of a deletion at once.
/// </summary>
internal sealed class ReplicaSet(string models) : IDisposable
{
    private readonly List<RenderedPod> _pods = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _probes = [];
    private volatile Uri[] _ready = [];
    private int _turn;

    /// <summary>The next ready replica, in turn.</summary>
    public Uri Next()
    {
        Uri[] ready = _ready;
        Assert.NotEmpty(ready);
        return ready[(uint)Interlocked.Increment(ref _turn) % (uint)ready.Length];
    }

    /// <summary>Starts a pod and returns once it is ready and gets requests.</summary>
    public async Task AddAsync(RenderedChart chart)
    {
        RenderedPod pod = new(chart, models);
        _pods.Add(pod);
        await pod.WaitForStartAsync();
        Assert.True(await pod.AskAsync("readinessProbe"));
        Change(ready => [.. ready, pod.Address]);
        _probes.Add(WatchAsync(pod));
    }

    /// <summary>Terminates the oldest pod as Kubernetes does; its exit code, or null if it had to be killed.</summary>
    public async Task<int?> RemoveOldestAsync()
    {
        using RenderedPod pod = _pods[0];
        _pods.RemoveAt(0);
        pod.Terminate();
        int? code = await pod.WaitForExitAsync();
        Assert.DoesNotContain(pod.Address, _ready);
        return code;
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (RenderedPod pod in _pods) pod.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync(RenderedPod pod)
    {
        JsonObject probe = pod.Probe("readinessProbe");
        using PeriodicTimer timer = new(TimeSpan.FromSeconds((int)probe["periodSeconds"]!));
        CancellationToken stop = _stop.Token;
        int failures = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                failures = await pod.AskAsync("readinessProbe") ? 0 : failures + 1;
                if (failures == 0) Change(ready => [.. ready.Where(address => address != pod.Address), pod.Address]);
                if (failures >= (int)probe["failureThreshold"]!) Change(ready => [.. ready.Where(address => address != pod.Address)]);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private void Change(Func<Uri[], Uri[]> change)
    {
        lock (_pods) _ready = change(_ready);
    }
}
