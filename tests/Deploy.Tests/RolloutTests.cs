using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using TestKit;

namespace Deploy.Tests;

/// <summary>Installs the render without a cluster: processes stand in for pods, the manifest's own numbers drive them.</summary>
[Collection(Machine.Whole)]
public sealed class RolloutTests : IDisposable
{
    private const string Model = "resnet18_ssl";

    private readonly TemporaryFolder _store = new();

    public void Dispose() => _store.Dispose();

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public async Task Install_RenderedPod_InstallsServesPassesHelmTestDrainsAndLeaves()
    {
        RenderedChart chart = Render("""{"shutdown":{"delaySeconds":6}}""");
        Install(chart);
        using RenderedPod pod = new(chart, _store.Path);

        await pod.WaitForStartAsync();
        Assert.True(await pod.AskAsync("readinessProbe"));
        Assert.True(await pod.AskAsync("livenessProbe"));
        Assert.Equal(HttpStatusCode.OK, await ClassifyAsync(pod.Address));
        JsonObject[] checks = [.. chart.Single("Pod")["spec"]!["containers"]!.AsArray().Select(each => each!.AsObject())];
        Assert.Equal(2, checks.Length);
        Assert.All(checks, check => Assert.Equal(0, pod.Check(check).ExitCode));
        checks[1]["args"]![1] = ((string)checks[1]["args"]![1]!).Replace(Model, "unknown");
        Assert.Equal(1, pod.Check(checks[1]).ExitCode);

        pod.Terminate();
        using PeriodicTimer soon = new(TimeSpan.FromMilliseconds(50));
        while (await pod.AskAsync("readinessProbe")) await soon.WaitForNextTickAsync();
        // Not ready any more, and yet alive and serving: whoever has not noticed yet loses nothing.
        Assert.True(await pod.AskAsync("livenessProbe"));
        Assert.Equal(HttpStatusCode.OK, await ClassifyAsync(pod.Address));
        Assert.Equal(0, await pod.WaitForExitAsync());
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public async Task Install_DamagedNewVersionInTheStore_KeepsNoPodFromStarting()
    {
        RenderedChart chart = Render("""{"models":{"store":{"type":"claim"}}}""");
        Install(chart);
        string sound = Directory.GetDirectories(Path.Combine(_store.Path, Model)).Single();
        string damaged = Path.Combine(_store.Path, Model, "2");
        Tool.Output("cp", ["-r", sound, damaged]);
        Tool.Output("sed", ["-i", "s/\"version\": 1/\"version\": 2/", Path.Combine(damaged, "manifest.json")]);
        Tool.Output("truncate", ["--size=-100", Path.Combine(damaged, "model.onnx")]);
        using RenderedPod pod = new(chart, _store.Path);

        Install(chart);
        await pod.WaitForStartAsync();

        Assert.Equal(HttpStatusCode.OK, await ClassifyAsync(pod.Address));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public async Task Rollout_TwoReplicasReplacedUnderLoad_LosesNoRequest()
    {
        // Times as the chart has them; only the ports differ, since the pods share one machine.
        RenderedChart[] charts = [.. Enumerable.Range(0, 4).Select(_ => Render("{}"))];
        Install(charts[0]);
        using ReplicaSet replicas = new(_store.Path);
        await replicas.AddAsync(charts[0]);
        await replicas.AddAsync(charts[1]);

        using CancellationTokenSource stop = new();
        Task<(int Sent, string[] Failures)>[] load = [.. Enumerable.Range(0, 2).Select(_ => SendAsync(replicas, stop.Token))];
        foreach (RenderedChart next in charts[2..])
        {
            // maxSurge 1, maxUnavailable 0: the new one first.
            await replicas.AddAsync(next);
            Assert.Equal(0, await replicas.RemoveOldestAsync());
        }

        await stop.CancelAsync();
        (int Sent, string[] Failures)[] results = await Task.WhenAll(load);
        Assert.Empty(results.SelectMany(result => result.Failures));
        Assert.True(results.Sum(result => result.Sent) > 100);
    }

    private static RenderedChart Render(string overlay)
    {
        JsonObject values = JsonNode.Parse(overlay)!.AsObject();
        values["service"] = new JsonObject { ["containerPort"] = FreePort() };
        values["models"] ??= new JsonObject();
        values["models"]!["serve"] = new JsonArray(Model);
        values["models"]!["synthetic"] = true;
        return Chart.Render(values);
    }

    /// <summary>The Job, where there is one, and then the pod's own init containers.</summary>
    private void Install(RenderedChart chart)
    {
        IEnumerable<JsonNode?> jobs = chart.OfKind("Job").SelectMany(job => job["spec"]!["template"]!["spec"]!["containers"]!.AsArray());
        foreach (JsonNode? container in jobs.Concat(chart.PodSpec["initContainers"]!.AsArray()))
        {
            ToolResult result = RenderedPod.RunInstaller(container!.AsObject(), _store.Path);
            Assert.True(result.ExitCode == 0, $"{container["name"]}: {result.Error}{result.Output}");
        }
    }

    private static async Task<(int Sent, string[] Failures)> SendAsync(ReplicaSet replicas, CancellationToken stop)
    {
        List<string> failures = [];
        int sent = 0;
        for (; !stop.IsCancellationRequested; sent++)
        {
            try
            {
                HttpStatusCode status = await ClassifyAsync(replicas.Next());
                if (status != HttpStatusCode.OK) failures.Add($"{status}");
            }
            catch (HttpRequestException failure)
            {
                failures.Add(failure.Message);
            }
        }

        return (sent, [.. failures]);
    }

    private static async Task<HttpStatusCode> ClassifyAsync(Uri address)
    {
        using ByteArrayContent body = new(Picture);
        body.Headers.ContentType = new("image/png");
        using HttpResponseMessage answer = await Client.PostAsync(new Uri(address, $"/v1/models/{Model}:classify"), body);
        return answer.StatusCode;
    }

    internal static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false });

    // One pixel is a picture too.
    internal static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
}
