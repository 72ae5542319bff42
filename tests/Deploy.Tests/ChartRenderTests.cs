using System.Text.Json.Nodes;

namespace Deploy.Tests;

public sealed class ChartRenderTests
{
    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_EveryKnobTurned_ChangesTheObjects()
    {
        ChartKnob[] knobs = [.. ChartKnob.All];
        RenderedChart[] plain = Chart.Render(knobs.Select(knob => knob.Base));
        RenderedChart[] turned = Chart.Render(knobs.Select(knob => knob.Turned));

        Assert.Empty(plain.Concat(turned).Select(chart => chart.Error).Where(error => error.Length > 0).Distinct());
        string[] dead = [.. knobs.Where((_, i) => JsonNode.DeepEquals(plain[i].Objects, turned[i].Objects)).Select(knob => knob.Path)];
        Assert.Empty(dead);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer, ToolFactAttribute.ChartValidation)]
    public void Render_EveryProfileAndEveryKnobTurned_FitsKubernetesSchemas()
    {
        RenderedChart[] charts =
            Chart.Render([.. Chart.ReadYaml([.. Chart.Profiles.Select(Chart.ProfilePath)]), .. ChartKnob.All.Select(knob => knob.Turned)]);
        JsonArray objects = [.. charts.SelectMany(chart => chart.Objects.Select(each => each!.ToJsonString())).Distinct()
            .Select(text => JsonNode.Parse(text))];

        Assert.True(objects.Count > 200);
        Assert.Empty(Validation.Problems(objects));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer, ToolFactAttribute.ChartValidation)]
    public void Validation_MisspeltFieldOrWrongType_IsFound()
    {
        RenderedChart[] charts = Chart.Render(Chart.ReadYaml(Chart.ProfilePath("cpu"), Chart.ProfilePath("gpu")));
        JsonObject deployment = charts[0].Single("Deployment");
        deployment["spec"]!["progressDeadlineSeconds"] = "soon";
        charts[0].ServiceContainer["livenesProbe"] = new JsonObject();
        JsonObject monitor = charts[0].Single("ServiceMonitor");
        monitor["spec"]!["endpoints"]![0]!["intervall"] = "15s";
        JsonObject scaled = charts[1].Single("ScaledObject");
        scaled["spec"]!["pollInterval"] = 15;
        JsonObject route = charts[1].Single("HTTPRoute");
        route["spec"]!["rules"]![0]!["timeout"] = "5s";

        string[] problems = Validation.Problems([.. new[] { deployment, monitor, scaled, route }.Select(each => each.DeepClone())]);

        Assert.Equal(5, problems.Length);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_ContradictoryValues_SaysWhy()
    {
        (string Json, string Message)[] cases =
        [
            ("""{"shutdown":{"delaySeconds":3}}""", "requests would be lost in a rollout"),
            ("""{"settings":{"requests":{"defaultTimeoutSeconds":400}}}""", "longer than maxTimeoutSeconds"),
            ("""{"autoscaling":{"minReplicas":11}}""", "more than maxReplicas"),
            ("""{"autoscaling":{"engine":"hpa","minReplicas":0}}""", "only keda scales to zero"),
            ("""{"models":{"volume":{"type":"hostPath"}}}""", "models.exporter needs a volume it may write"),
            ("""{"models":{"exporter":{"enabled":false},"volume":{"type":"image"}}}""", "models.volume.image.reference is needed"),
        ];

        RenderedChart[] charts = Chart.Render(cases.Select(each => JsonNode.Parse(each.Json)!.AsObject()));

        Assert.All(cases.Zip(charts), pair => Assert.Contains(pair.First.Message, pair.Second.Error, StringComparison.Ordinal));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_EveryContainer_IsRestrictedAndHasNoToken()
    {
        foreach (RenderedChart chart in Chart.Render(Chart.ReadYaml([.. Chart.Profiles.Select(Chart.ProfilePath)])))
        {
            JsonObject pod = chart.PodSpec;
            Assert.False((bool)pod["automountServiceAccountToken"]!);
            Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
            Assert.Equal(1654, (int)pod["securityContext"]!["runAsUser"]!);
            Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
            JsonObject security = chart.ServiceContainer["securityContext"]!.AsObject();
            Assert.True((bool)security["readOnlyRootFilesystem"]!);
            Assert.False((bool)security["allowPrivilegeEscalation"]!);
            Assert.Equal("ALL", (string?)security["capabilities"]!["drop"]![0]);
        }
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

        Assert.True(names.Length > 12);
        Assert.All(names, name => Assert.Contains($" {name} {{ get;", options, StringComparison.Ordinal));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Render_LimitsAndTimes_AgreeBetweenServiceIngressAndGrace()
    {
        RenderedChart chart = Chart.Render(JsonNode.Parse(
            """
            {"ingress":{"enabled":true},"httpRoute":{"enabled":true},
             "settings":{"uploads":{"maxRequestBytes":33554432},"requests":{"maxTimeoutSeconds":300}},
             "shutdown":{"delaySeconds":12,"drainSeconds":40,"marginSeconds":8}}
            """)!.AsObject());
        JsonObject settings = chart.OfKind("ConfigMap")[0]["data"]!.AsObject();
        JsonObject annotations = chart.Single("Ingress")["metadata"]!["annotations"]!.AsObject();

        Assert.Equal((string?)settings["Uploads__MaxRequestBytes"], (string?)annotations["nginx.ingress.kubernetes.io/proxy-body-size"]);
        Assert.Equal("00:05:00", (string?)settings["Requests__MaxTimeout"]);
        Assert.Equal("305", (string?)annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"]);
        Assert.Equal("305s", (string?)chart.Single("HTTPRoute")["spec"]!["rules"]![0]!["timeouts"]!["request"]);
        Assert.Equal("00:00:12", (string?)settings["Shutdown__Delay"]);
        Assert.Equal("00:00:40", (string?)settings["Shutdown__DrainTimeout"]);
        Assert.Equal(60, (int)chart.PodSpec["terminationGracePeriodSeconds"]!);
    }
}
