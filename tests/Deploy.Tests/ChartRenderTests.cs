using System.Text.Json.Nodes;

namespace Deploy.Tests;

public sealed class ChartRenderTests
{
    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_EveryKnobTurned_ChangesTheObjects()
    {
        ChartKnob[] knobs = [.. ChartKnob.All.Where(knob => !knob.IsInert)];
        RenderedChart[] plain = Chart.Render(knobs.Select(knob => knob.Base));
        RenderedChart[] turned = Chart.Render(knobs.Select(knob => knob.Turned));

        Assert.Empty(plain.Concat(turned).Select(chart => chart.Error).Where(error => error.Length > 0).Distinct());
        string[] dead = [.. knobs.Where((_, i) => JsonNode.DeepEquals(plain[i].Objects, turned[i].Objects)).Select(knob => knob.Path)];
        Assert.Empty(dead);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer, ToolFactAttribute.ChartValidation)]
    public void Render_EveryProfileAndEveryKnobTurned_FitsKubernetesSchemas()
    {
        JsonObject[] files = Chart.ReadYaml([.. Chart.Profiles.Select(Chart.ProfilePath), .. Chart.Examples]);
        RenderedChart[] charts = Chart.Render([.. files, .. ChartKnob.All.Select(knob => knob.Turned)]);
        // Envoy Gateway's own kind has no schema among the packages.
        JsonArray objects =
        [
            .. charts.SelectMany(chart => chart.Objects).Where(each => (string?)each!["kind"] != "BackendTrafficPolicy")
                .Select(each => each!.ToJsonString()).Distinct().Select(text => JsonNode.Parse(text)),
        ];

        Assert.True(objects.Count > 150);
        Assert.Empty(Validation.Problems(objects));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer, ToolFactAttribute.ChartValidation)]
    public void Validation_MisspeltFieldOrWrongType_IsFound()
    {
        RenderedChart everything = Chart.Render(Chart.ReadYaml(Chart.ProfilePath("everything"))[0]);
        JsonObject deployment = everything.Single("Deployment");
        deployment["spec"]!["progressDeadlineSeconds"] = "soon";
        everything.ServiceContainer["livenesProbe"] = new JsonObject();
        JsonObject monitor = everything.Single("ServiceMonitor");
        monitor["spec"]!["endpoints"]![0]!["intervall"] = "15s";
        JsonObject scaled = Chart.Render("""{"autoscaling":{"engine":"keda"}}""").Single("ScaledObject");
        scaled["spec"]!["pollInterval"] = 15;
        JsonObject route = everything.Single("HTTPRoute");
        route["spec"]!["rules"]![0]!["timeout"] = "5s";

        string[] problems = Validation.Problems([.. new[] { deployment, monitor, scaled, route }.Select(each => each.DeepClone())]);

        Assert.Equal(5, problems.Length);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_ContradictoryValues_SaysWhy()
    {
        (string Json, string Message)[] cases =
        [
            ("""{"models":{"acceptLicense":""}}""", "models.acceptLicense must be CC-BY-NC-4.0"),
            ("""{"shutdown":{"delaySeconds":3}}""", "requests would be lost in a rollout"),
            ("""{"shutdown":{"drainSeconds":20}}""", "accepted requests would be cut"),
            ("""{"requests":{"defaultTimeoutSeconds":400}}""", "longer than maxTimeoutSeconds"),
            ("""{"autoscaling":{"minReplicas":11}}""", "more than maxReplicas"),
            ("""{"autoscaling":{"engine":"hpa","minReplicas":0}}""", "a trigger from outside the pods"),
            ("""{"autoscaling":{"engine":"keda","minReplicas":0}}""", "a trigger from outside the pods"),
            (
                """{"pools":[{"name":"a","serve":["resnet18_ssl"],"autoscaling":{"engine":"keda","minReplicas":0}}]}""",
                "pool a: autoscaling.minReplicas 0"),
            ("""{"pools":[{"name":"a","serve":["resnet18_ssl"]},{"name":"b","serve":["resnet18_ssl"]}]}""", "served by two pools"),
            ("""{"gpu":{"enabled":true},"probes":{"startupSeconds":30}}""", "would be killed while it loads"),
            ("""{"ingress":{"enabled":true}}""", "ingress.hosts is needed"),
            ("""{"models":{"store":{"type":"source"}}}""", "models.store.source is needed"),
            ("""{"models":{"installer":{"mode":"job"}}}""", "needs models.store.type claim"),
            ("""{"models":{"serve":["birds"]}}""", "birds is no published model"),
            ("""{"models":{"serve":["resnet50_swsl_int8"]}}""", "calibrated with photographs"),
            (
                """{"models":{"store":{"type":"claim","claimSpec":{"accessModes":["ReadWriteOnce"]}}}}""",
                "one node may mount serves one replica"),
        ];

        RenderedChart[] charts = Chart.Render(cases.Select(each => Chart.Accepting(each.Json)));

        Assert.All(cases.Zip(charts), pair => Assert.Contains(pair.First.Message, pair.Second.Error, StringComparison.Ordinal));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_EveryPod_IsRestrictedAndHasNoToken()
    {
        RenderedChart[] charts = Chart.Render(Chart.ReadYaml([.. Chart.Profiles.Select(Chart.ProfilePath), .. Chart.Examples]));
        JsonObject[] pods = [.. charts.SelectMany(chart => chart.Pods)];

        Assert.True(pods.Length > 20);
        Assert.All(pods, pod =>
        {
            Assert.False((bool)pod["automountServiceAccountToken"]!);
            Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
            Assert.Equal(1654, (int)pod["securityContext"]!["runAsUser"]!);
            Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
            foreach (JsonNode? container in pod["containers"]!.AsArray().Concat(pod["initContainers"]?.AsArray() ?? []))
            {
                // The reader's own containers are the reader's.
                if ((string?)container!["name"] is "proxy" or "wait-for-it") continue;
                JsonObject security = container["securityContext"]!.AsObject();
                Assert.True((bool)security["readOnlyRootFilesystem"]!);
                Assert.False((bool)security["allowPrivilegeEscalation"]!);
                Assert.Equal("ALL", (string?)security["capabilities"]!["drop"]![0]);
            }
        });
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_EverySetting_IsOneTheServiceReads()
    {
        // An unknown name would stop the start.
        string[] files = Directory.GetFiles(Tool.PathOf("src"), "*Options.cs", SearchOption.AllDirectories);
        string options = string.Concat(files.Select(File.ReadAllText));
        JsonObject settings = Chart.Render(Chart.ReadYaml(Chart.ProfilePath("everything"))[0]).OfKind("ConfigMap")[0]["data"]!.AsObject();
        string[] names =
        [
            .. settings.Select(pair => pair.Key).Where(key => key.Contains("__") && !key.StartsWith("Logging__", StringComparison.Ordinal))
                .Select(key => key.Split("__")[1]),
        ];

        Assert.True(names.Length >= 10);
        Assert.All(names, name => Assert.Contains($" {name} {{ get;", options, StringComparison.Ordinal));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_LimitsAndTimes_AgreeBetweenServiceIngressAndGrace()
    {
        RenderedChart chart = Chart.Render(
            """
            {"ingress":{"enabled":true,"controller":"nginx","hosts":[{"host":"a.example.org"}]},"httpRoute":{"enabled":true},
             "requests":{"maxBytes":33554432,"maxTimeoutSeconds":300},"shutdown":{"delaySeconds":12,"drainSeconds":40}}
            """);
        JsonObject settings = chart.OfKind("ConfigMap")[0]["data"]!.AsObject();
        JsonObject annotations = chart.Single("Ingress")["metadata"]!["annotations"]!.AsObject();

        Assert.Equal((string?)settings["Uploads__MaxRequestBytes"], (string?)annotations["nginx.ingress.kubernetes.io/proxy-body-size"]);
        Assert.Equal("00:05:00", (string?)settings["Requests__MaxTimeout"]);
        Assert.Equal("305", (string?)annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"]);
        Assert.Equal("305s", (string?)chart.Single("HTTPRoute")["spec"]!["rules"]![0]!["timeouts"]!["request"]);
        Assert.Equal("00:00:12", (string?)settings["Shutdown__Delay"]);
        Assert.Equal("00:00:40", (string?)settings["Shutdown__DrainTimeout"]);
        Assert.Equal(57, (int)chart.PodSpec["terminationGracePeriodSeconds"]!);
    }
}
