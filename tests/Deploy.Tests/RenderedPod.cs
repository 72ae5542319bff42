using System.Diagnostics;
using System.Text.Json.Nodes;
using TestKit;

namespace Deploy.Tests;

/// <summary>
/// A pod of the rendered Deployment as a process on this machine: its init containers' arguments, its environment, ports, probes and
/// grace period, taken from the manifest and nowhere else; /models and /cache are folders of this machine.
/// </summary>
internal sealed class RenderedPod : IDisposable
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false });

    private readonly RenderedChart _chart;
    private readonly string _models, _cache;
    private readonly Process _process;

    /// <param name="chart">A render with one Deployment.</param>
    /// <param name="models">The store.</param>
    public RenderedPod(RenderedChart chart, string models)
    {
        _chart = chart;
        _models = models;
        _cache = Directory.CreateTempSubdirectory("pod-cache").FullName;
        JsonObject container = chart.ServiceContainer;
        JsonObject port = container["ports"]!.AsArray().Select(each => each!.AsObject()).Single(each => (string?)each["name"] == "http");
        Address = new Uri($"http://127.0.0.1:{(int)port["containerPort"]!}");
        string[] arguments = container["args"] is JsonArray list ? [.. list.Select(each => (string)each!)] : [];
        ProcessStartInfo start = new("dotnet", [Built("src", "InferenceApi", "InferenceApi.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in Environment(container)) start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The service did not start.");
        _process.OutputDataReceived += (_, line) => { lock (Log) { Log.Add(line.Data ?? ""); } };
        _process.ErrorDataReceived += (_, line) => { lock (Log) { Log.Add(line.Data ?? ""); } };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public List<string> Log { get; } = [];

    public TimeSpan Grace => TimeSpan.FromSeconds((int)_chart.PodSpec["terminationGracePeriodSeconds"]!);

    /// <summary>Runs a container of the export tool to its end, with the rendered arguments.</summary>
    public static ToolResult RunInstaller(JsonObject container, string models)
    {
        Assert.Equal("""["dotnet","/app/export.dll"]""", container["command"]!.ToJsonString());
        IEnumerable<string> arguments = container["args"]!.AsArray().Select(each => ((string)each!).Replace("/models", models));
        return Tool.Run("dotnet", [Built("tools", "export", "export.dll"), .. arguments]);
    }

    /// <summary>Runs a check of the `helm test` pod against this pod.</summary>
    public ToolResult Check(JsonObject container)
    {
        string[] arguments = [.. container["args"]!.AsArray().Select(each => (string)each!)];
        UriBuilder address = new(arguments[^1]) { Host = Address.Host, Port = Address.Port };
        return Tool.Run("dotnet", [Built("src", "InferenceApi", "InferenceApi.dll"), .. arguments[..^1], $"{address.Uri}"]);
    }

    public JsonObject Probe(string name) => _chart.ServiceContainer[name]!.AsObject();

    /// <summary>One probe as the kubelet sends it: 200 to 399 within the timeout succeeds.</summary>
    public async Task<bool> AskAsync(string name)
    {
        JsonObject probe = Probe(name);
        Assert.Equal("http", (string?)probe["httpGet"]!["port"]);
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds((int)probe["timeoutSeconds"]!));
        try
        {
            using HttpResponseMessage answer = await Client.GetAsync(new Uri(Address, (string)probe["httpGet"]!["path"]!), timeout.Token);
            return (int)answer.StatusCode is >= 200 and < 400;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Asks the startup probe in its period until it succeeds; fails when its budget is used up or the process ends.</summary>
    public async Task WaitForStartAsync()
    {
        JsonObject probe = Probe("startupProbe");
        using PeriodicTimer timer = new(TimeSpan.FromSeconds((int)probe["periodSeconds"]!));
        for (int failures = 0; !await AskAsync("startupProbe"); failures++)
        {
            Assert.False(_process.HasExited, string.Join('\n', Log));
            Assert.True(failures < (int)probe["failureThreshold"]!, string.Join('\n', Log));
            await timer.WaitForNextTickAsync();
        }
    }

    public void Terminate() => Tool.Output("kill", ["-TERM", $"{_process.Id}"]);

    /// <summary>The exit code, or null if the process outlives its grace period.</summary>
    public async Task<int?> WaitForExitAsync()
    {
        using CancellationTokenSource grace = new(Grace);
        try
        {
            await _process.WaitForExitAsync(grace.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_cache, recursive: true);
    }

    private IEnumerable<(string Name, string Value)> Environment(JsonObject container)
    {
        Dictionary<string, string> values = [];
        string name = (string)container["envFrom"]![0]!["configMapRef"]!["name"]!;
        JsonObject map = _chart.OfKind("ConfigMap").Single(each => (string?)each["metadata"]!["name"] == name);
        foreach ((string key, JsonNode? value) in map["data"]!.AsObject()) values[key] = (string)value!;
        foreach (string key in values.Keys.ToArray()) values[key] = values[key].Replace("/models", _models).Replace("/cache", _cache);
        foreach (JsonNode? variable in container["env"]!.AsArray())
        {
            // The downward API gives names of the pod and whole cores; $(NAME) refers to variables before it.
            string text = (string?)variable!["value"] ?? (string?)variable["valueFrom"]!["fieldRef"]?["fieldPath"] ?? Cores(container);
            foreach ((string key, string value) in values.ToArray()) text = text.Replace($"$({key})", value);
            values[(string)variable["name"]!] = text;
        }

        return values.Select(pair => (pair.Key, pair.Value));
    }

    private static string Cores(JsonObject container) => (string)container["resources"]!["requests"]!["cpu"]!;

    private static string Built(string area, string project, string file)
    {
        // bin/<configuration>/<framework>/ of this test is where the others' outputs lie too.
        DirectoryInfo framework = new(AppContext.BaseDirectory);
        return Path.Combine(Fixtures.RepositoryRoot, area, project, "bin", framework.Parent!.Name, framework.Name, file);
    }
}
