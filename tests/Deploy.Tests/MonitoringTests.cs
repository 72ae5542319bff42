using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestKit;

namespace Deploy.Tests;

public sealed partial class MonitoringTests
{
    // The names the service exposes, by the meters that make them; kube_* come from kube-state-metrics, up and ALERTS from Prometheus.
    private static readonly string[] Exposed =
    [
        "inference_stage_duration_seconds", "inference_request_duration_seconds", "inference_batch_size", "inference_images_total",
        "inference_refusals_total", "inference_queue_depth", "inference_estimated_wait_seconds", "inference_run_wait_seconds",
        "inference_preparation_wait_seconds", "inference_preparation_pending",
        "inference_model_state", "inference_model_memory_bytes", "inference_model_loads_total", "inference_instances",
        "http_server_request_duration_seconds", "dotnet_gc_pause_time_seconds_total", "dotnet_process_memory_working_set_bytes",
        "dotnet_process_cpu_time_seconds_total",
    ];

    private static readonly string RulesPath = Path.Combine(Chart.Folder, "files", "rules.yaml");
    private static readonly string RulesTestPath = Tool.PathOf("tests", "Deploy.Tests", "monitoring", "rules.test.yaml");
    private static readonly string DashboardPath = Path.Combine(Chart.Folder, "files", "dashboard.json");
    private static readonly JsonObject Dashboard = JsonNode.Parse(File.ReadAllText(DashboardPath))!.AsObject();

    [Fact]
    public void Compose_EveryFileItMounts_IsThere()
    {
        string folder = Tool.PathOf("deploy", "docker");
        string[] mounted =
            [.. MountedPath().Matches(File.ReadAllText(Path.Combine(folder, "compose.yaml"))).Select(match => match.Groups[1].Value)];

        Assert.Contains(mounted, path => Path.GetFullPath(path, folder) == DashboardPath);
        Assert.Contains(mounted, path => Path.GetFullPath(path, folder) == RulesPath);
        Assert.All(mounted, path => Assert.True(Path.Exists(Path.GetFullPath(path, folder)), path));
    }

    [ToolFact("promtool")]
    public void Rules_PromtoolChecksAndUnitTests_Pass()
    {
        Tool.Output("promtool", ["check", "rules", RulesPath]);
        Tool.Output("promtool", ["test", "rules", RulesTestPath]);
    }

    [ToolFact("promtool", ToolFactAttribute.ChartRenderer)]
    public void Rules_OfAReleaseWithAnotherName_FireForItAndForNoOther()
    {
        using TemporaryFolder folder = new();
        JsonObject spec = Chart.Render(
            """
            {"fullnameOverride":"pictures","monitoring":{"rules":true,"thresholds":{"InferenceLatencyHigh":5}},
             "pools":[{"name":"small","serve":["resnet18_ssl"]},{"name":"large","serve":["resnet50_ssl"]}]}
            """).Single("PrometheusRule")["spec"]!.AsObject();
        File.WriteAllText(folder.File("rules.yaml"), spec.ToJsonString());
        File.Copy(Tool.PathOf("tests", "Deploy.Tests", "monitoring", "release.test.yaml"), folder.File("release.test.yaml"));

        Tool.Output("promtool", ["check", "rules", folder.File("rules.yaml")]);
        Tool.Output("promtool", ["test", "rules", folder.File("release.test.yaml")]);
    }

    [ToolFact("promtool")]
    public void PrometheusConfiguration_Promtool_Accepts()
    {
        Tool.Output("promtool", ["check", "config", "--syntax-only", Tool.PathOf("deploy", "docker", "prometheus.yaml")]);
    }

    [Fact]
    public void Rules_EveryAlert_HasARunbookAndTests()
    {
        string rules = File.ReadAllText(RulesPath);
        string tests = File.ReadAllText(RulesTestPath);
        string runbooks = File.ReadAllText(Tool.PathOf("docs", "runbooks.md"));
        string[] alerts = [.. AlertName().Matches(rules).Select(match => match.Groups[1].Value)];

        Assert.True(alerts.Length >= 10);
        Assert.All(alerts, alert =>
        {
            Assert.Contains($"docs/runbooks.md#{alert.ToLowerInvariant()}\n", rules, StringComparison.Ordinal);
            string section = Assert.Single(runbooks.Split("\n### "), part => part.StartsWith($"{alert}\n", StringComparison.Ordinal));
            Assert.Contains("\n```sh\n", section, StringComparison.Ordinal);
            Assert.Contains($"name: {alert} fires", tests, StringComparison.Ordinal);
            Assert.Contains($"name: {alert} stays quiet", tests, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void RulesAndDashboard_EveryMetric_IsOneTheServiceExposes()
    {
        string text = File.ReadAllText(RulesPath) + string.Join('\n', Queries());

        string[] unknown =
            [.. MetricName().Matches(text).Select(match => HistogramSuffix().Replace(match.Value, "")).Distinct().Except(Exposed)];

        Assert.Empty(unknown);
    }

    [Fact]
    public void Dashboard_EveryPanel_HasItsOwnIdAndAQuery()
    {
        JsonObject[] panels = [.. Dashboard["panels"]!.AsArray().Select(panel => panel!.AsObject())];

        Assert.Distinct(panels.Select(panel => (int)panel["id"]!));
        Assert.All(
            panels.Where(panel => (string?)panel["type"] is not ("row" or "text")), panel => Assert.NotEmpty(panel["targets"]!.AsArray()));
    }

    [ToolFact("promtool")]
    public void Dashboard_EveryQuery_IsValidPromQl()
    {
        using TemporaryFolder folder = new();
        // As recording rules, which promtool parses; the variables as Grafana fills them in.
        IEnumerable<string> rules = Queries().Select((query, i) =>
            "      - " + new JsonObject { ["record"] = $"panel:{i}", ["expr"] = Fill(query) }.ToJsonString());
        string path = folder.File("panels.yaml");
        File.WriteAllText(path, $"groups:\n  - name: panels\n    rules:\n{string.Join('\n', rules)}\n");

        string output = Tool.Output("promtool", ["check", "rules", "--lint=none", path]);

        Assert.Contains($"{Queries().Count()} rules found", output, StringComparison.Ordinal);
    }

    private static string Fill(string query) =>
        query.Replace("$__rate_interval", "1m").Replace("$job", ".*").Replace("$namespace", ".*").Replace("$model", ".*");

    private static IEnumerable<string> Queries() =>
        Dashboard["panels"]!.AsArray().Where(panel => panel!["targets"] is JsonArray)
            .SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => (string)target!["expr"]!);

    [GeneratedRegex(@"(\.{1,2}/[^:\s""]+):/")]
    private static partial Regex MountedPath();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\b(?:inference|dotnet|http_server|nv)_\w+")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex HistogramSuffix();
}
