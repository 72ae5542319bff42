using System.Globalization;
using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>What the rendered objects do to whoever operates them.</summary>
public sealed class ChartOperationTests
{
    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Keda_ScalesOnTheWaitAndNeverTakesSilenceForIdleness()
    {
        RenderedChart[] charts = Chart.Render(
        [
            Chart.Accepting("""{"autoscaling":{"engine":"keda"}}"""),
            Chart.Accepting(
                """
                {"autoscaling":{"engine":"keda","minReplicas":0,
                 "keda":{"triggers":[{"type":"cron","metadata":{"timezone":"Etc/UTC"}}]}}}
                """),
        ]);
        JsonObject spec = charts[0].Single("ScaledObject")["spec"]!.AsObject();
        JsonObject trigger = spec["triggers"]![0]!["metadata"]!.AsObject();
        JsonArray triggers = charts[1].Single("ScaledObject")["spec"]!["triggers"]!.AsArray();

        Assert.Contains("inference_estimated_wait_seconds", (string?)trigger["query"], StringComparison.Ordinal);
        Assert.Equal("0.2", (string?)trigger["threshold"]);
        // No answer is a failure, and a failure leaves the replicas as they are.
        Assert.Equal("false", (string?)trigger["ignoreNullValues"]);
        Assert.Equal("currentReplicasIfHigher", (string?)spec["fallback"]!["behavior"]);
        // With no pod there is no series: the wait is 0 then, and the other trigger wakes the first pod.
        Assert.Equal(["prometheus", "cron"], triggers.Select(each => (string?)each!["type"]));
        Assert.EndsWith("or vector(0)", (string?)triggers[0]!["metadata"]!["query"], StringComparison.Ordinal);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Cores_OfTheProcess_AreTheRequestUnlessTheReaderSays()
    {
        RenderedChart[] charts = Chart.Render(
        [
            Chart.Accepting("{}"),
            Chart.Accepting("""{"settings":{"DOTNET_PROCESSOR_COUNT":6}}"""),
            Chart.Accepting("""{"extraEnv":[{"name":"DOTNET_PROCESSOR_COUNT","value":"6"}]}"""),
        ]);

        JsonNode field = Assert.Single(Cores(charts[0]))["valueFrom"]!["resourceFieldRef"]!;
        Assert.Equal(("requests.cpu", "1"), ((string?)field["resource"], (string?)field["divisor"]));
        Assert.Empty(Cores(charts[1]));
        Assert.Equal("6", (string?)charts[1].OfKind("ConfigMap")[0]["data"]!["DOTNET_PROCESSOR_COUNT"]);
        Assert.Equal("6", (string?)Assert.Single(Cores(charts[2]))["value"]);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Gpu_Pod_StartsOnCudaOrNotAtAllAndHasCoresAndTime()
    {
        RenderedChart chart = Chart.Render(
            """
            {"gpu":{"enabled":true},"models":{"synthetic":true,"serve":["resnet18_ssl_fp16","resnet18_swsl","resnet50_ssl","resnet50_swsl",
             "resnext50_32x4d_ssl","resnext50_32x4d_swsl"]}}
            """);
        JsonObject container = chart.ServiceContainer;
        JsonObject probe = container["startupProbe"]!.AsObject();

        Assert.Equal("cuda", (string?)chart.OfKind("ConfigMap")[0]["data"]!["Runtime__Provider"]);
        Assert.EndsWith("-cuda", (string?)container["image"], StringComparison.Ordinal);
        Assert.Equal("16", (string?)container["resources"]!["requests"]!["cpu"]);
        Assert.Equal(1, (int)container["resources"]!["limits"]!["nvidia.com/gpu"]!);
        Assert.True((int)probe["periodSeconds"]! * (int)probe["failureThreshold"]! >= 6 * 60);
        Assert.DoesNotContain("tensorrt", File.ReadAllText(Chart.SchemaPath), StringComparison.Ordinal);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Install_EveryKindOfModel_IsACommandTheExportToolHas()
    {
        RenderedChart chart = Chart.Render(
            """
            {"models":{"serve":["birds","resnet50_swsl_fp16"],"install":["resnet18_ssl","resnet50_swsl_fp16",
             {"name":"resnet50_ssl","precision":"int8","calibrate":"/photos","acceptAgreement":true},
             {"name":"birds","checkpoint":"/checkpoints/birds.pth","labels":"/checkpoints/birds.txt"}]}}
            """);

        Assert.Equal(
            [
                "resnet18_ssl --store /models", "resnet50_swsl --precision fp16 --store /models",
                "resnet50_ssl --precision int8 --calibrate /photos --accept-agreement --store /models",
                "--name birds --checkpoint /checkpoints/birds.pth --labels /checkpoints/birds.txt --store /models",
            ],
            InitContainers(chart).Select(container => string.Join(' ', container["args"]!.AsArray())));
        // Those that only load need no licence and no exporter.
        RenderedChart[] others = Chart.Render(
        [
            Chart.Accepting(
                """{"models":{"acceptLicense":"","serve":["birds"],"store":{"type":"source","source":{"hostPath":{"path":"/m"}}}}}"""),
            Chart.Accepting("""{"models":{"acceptLicense":"","serve":["birds"],"install":[{"name":"birds","checkpoint":"/c"}]}}"""),
        ]);
        Assert.All(others, each => Assert.Equal("", each.Error));
        Assert.Empty(InitContainers(others[0]));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Install_MemoryLimit_FitsTheLargestModel()
    {
        (string Model, string Limit)[] cases =
            [("resnet50_swsl", "1Gi"), ("resnext101_32x8d_swsl", "2Gi"), ("resnext101_32x16d_swsl", "3Gi")];
        RenderedChart[] charts = Chart.Render(cases.Select(each => Chart.Accepting($$$"""{"models":{"serve":["{{{each.Model}}}"]}}""")));

        Assert.Equal(
            cases.Select(each => each.Limit),
            charts.Select(chart => (string)InitContainers(chart).Single()["resources"]!["limits"]!["memory"]!));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Claim_IsFilledByOneJobThatThePodsWaitForWithoutAWayToTheInternet()
    {
        RenderedChart[] charts = Chart.Render(
        [
            Chart.Accepting("""{"models":{"store":{"type":"claim"}}}"""),
            Chart.Accepting("""{"models":{"store":{"type":"claim"},"serve":["resnet50_swsl","resnet18_ssl"]}}"""),
            Chart.Accepting("""{"replicaCount":5,"models":{"store":{"type":"claim"}}}"""),
        ]);
        string[] names = [.. charts.Select(chart => (string)chart.Single("Job")["metadata"]!["name"]!)];
        JsonObject job = charts[0].Single("Job")["spec"]!["template"]!.AsObject();
        JsonNode wait = InitContainers(charts[0]).Single();

        Assert.Equal("resnet50_swsl --store /models", string.Join(' ', job["spec"]!["containers"]![0]!["args"]!.AsArray()));
        Assert.Equal("wait resnet50_swsl --store /models", string.Join(' ', wait["args"]!.AsArray()));
        Assert.True((bool)wait["volumeMounts"]![0]!["readOnly"]!);
        // Another list is another Job; the same list leaves the finished one alone.
        Assert.NotEqual(names[0], names[1]);
        Assert.Equal(names[0], names[2]);
        foreach (JsonNode policy in charts[0].OfKind("NetworkPolicy"))
        {
            bool ofTheJob = policy["spec"]!["podSelector"]!["matchLabels"]!.AsObject()
                .All(label => (string?)job["metadata"]!["labels"]![label.Key] == (string?)label.Value);
            Assert.Equal(ofTheJob, Ports(policy).Contains(443));
        }
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void NetworkPolicy_CollectorsPort_IsTheAddress()
    {
        (string Endpoint, int Port)[] cases =
            [("https://otlp.example.org", 443), ("http://collector.monitoring:4317", 4317), ("https://o.example.org:14317/x", 14317)];
        RenderedChart[] charts = Chart.Render(cases.Select(each => new JsonObject
        {
            ["models"] = new JsonObject { ["store"] = new JsonObject { ["type"] = "claim" }, ["acceptLicense"] = "CC-BY-NC-4.0" },
            ["telemetry"] = new JsonObject { ["otlpEndpoint"] = each.Endpoint },
        }));

        Assert.All(cases.Zip(charts), pair => Assert.Equal([53, 53, pair.First.Port], Ports(pair.Second.OfKind("NetworkPolicy")[0])));
    }

    private static IEnumerable<JsonNode> Cores(RenderedChart chart) =>
        chart.ServiceContainer["env"]!.AsArray().Where(each => (string?)each!["name"] == "DOTNET_PROCESSOR_COUNT").Select(each => each!);

    private static IEnumerable<JsonNode> InitContainers(RenderedChart chart) =>
        chart.PodSpec["initContainers"]?.AsArray().Select(each => each!) ?? [];

    private static int[] Ports(JsonNode policy) =>
    [
        .. policy["spec"]!["egress"]!.AsArray().SelectMany(rule => rule!["ports"]!.AsArray())
            .Select(port => int.Parse($"{port!["port"]}", CultureInfo.InvariantCulture)),
    ];
}
