using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>Pools of one release, and the routes in front of them.</summary>
public sealed class ChartPoolTests
{
    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Pool_ItsOwnValues_WinOverTheReleases()
    {
        RenderedChart chart = Chart.Render(
            """
            {"replicaCount":4,"autoscaling":{"engine":"hpa"},"podDisruptionBudget":{"enabled":true},
             "settings":{"Runtime__MaxBatch":8,"Serving__QueueCapacity":99},
             "pools":[{"name":"a","serve":["resnet18_ssl"]},
                      {"name":"b","serve":["resnet50_ssl"],"replicaCount":0,"autoscaling":{"engine":"none"},
                       "podDisruptionBudget":{"enabled":false},"settings":{"Runtime__MaxBatch":16},"gpu":{"enabled":true}}]}
            """);
        JsonObject[] deployments = chart.OfKind("Deployment");

        Assert.Equal(["release-inference-service-a", "release-inference-service-b"], deployments.Select(Name));
        Assert.Null(deployments[0]["spec"]!["replicas"]);
        Assert.Equal(0, (int)deployments[1]["spec"]!["replicas"]!);
        Assert.Equal("release-inference-service-a", Name(chart.Single("HorizontalPodAutoscaler")));
        Assert.Equal("release-inference-service-a", Name(chart.Single("PodDisruptionBudget")));
        JsonObject[] settings = [.. chart.OfKind("ConfigMap").Select(map => map["data"]!.AsObject())];
        Assert.Equal(["8", "16"], settings.Select(map => (string?)map["Runtime__MaxBatch"]));
        Assert.Equal(["99", "99"], settings.Select(map => (string?)map["Serving__QueueCapacity"]));
        Assert.Equal(["cpu", "cuda"], settings.Select(map => (string?)map["Runtime__Provider"]));
        Assert.Equal(["resnet18_ssl", "resnet50_ssl"], settings.Select(map => (string?)map["Serving__Preload__0"]));
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Selectors_OfEveryPool_TakeItsPodsAndNoOthers()
    {
        RenderedChart chart = Chart.Render(Chart.ReadYaml(Chart.ProfilePath("pools"))[0]);
        JsonObject[] templates =
            [.. chart.OfKind("Deployment").Concat(chart.OfKind("Job")).Select(each => each["spec"]!["template"]!.AsObject())];

        foreach (JsonObject selecting in chart.OfKind("Service"))
        {
            JsonObject wanted = selecting["spec"]!["selector"]!.AsObject();
            JsonObject taken = Assert.Single(templates, template => Matches(template, wanted));
            Assert.Equal(Name(selecting), (string?)taken["spec"]!["containers"]![0]!["envFrom"]![0]!["configMapRef"]!["name"]);
        }

        foreach (JsonObject deployment in chart.OfKind("Deployment"))
            Assert.Single(templates, template => Matches(template, deployment["spec"]!["selector"]!["matchLabels"]!.AsObject()));
        JsonObject job = chart.Single("Job")["spec"]!["template"]!["spec"]!.AsObject();
        string[] installed =
        [
            .. job["initContainers"]!.AsArray().Concat(job["containers"]!.AsArray())
                .Select(each => string.Join(' ', each!["args"]!.AsArray())),
        ];
        Assert.Equal(
            [
                "resnet18_ssl resnet18_swsl resnext101_32x8d_swsl --synthetic --store /models",
                "resnext101_32x16d_swsl --synthetic --precision fp16 --store /models",
            ],
            installed);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer)]
    public void Routes_TwelveModels_EachAddressLeadsToItsPool()
    {
        JsonObject values = Chart.ReadYaml(Path.Combine(Chart.Folder, "examples", "many-models.yaml"))[0];
        values["ingress"] = JsonNode.Parse("""{"enabled":true,"hosts":[{"host":"classify.example.org"}]}""");
        RenderedChart chart = Chart.Render(values);
        JsonArray rules = chart.Single("HTTPRoute")["spec"]!["rules"]!.AsArray();
        JsonArray paths = chart.Single("Ingress")["spec"]!["rules"]![0]!["http"]!["paths"]!.AsArray();
        (string Model, string Service)[] models =
        [
            .. values["pools"]!.AsArray().SelectMany(pool => pool!["serve"]!.AsArray()
                .Select(model => ((string)model!, $"release-inference-service-{pool["name"]}"))),
        ];

        Assert.Equal(12, models.Length);
        foreach ((string model, string service) in models)
        {
            foreach (string path in (string[])[$"/v1/models/{model}", $"/v1/models/{model}:classify"])
            {
                JsonNode rule = Assert.Single(rules, each => each!["matches"]!.AsArray().Any(match => Is(match!, "Exact", path)))!;
                Assert.Equal(service, (string?)rule["backendRefs"]![0]!["name"]);
                JsonNode entry = Assert.Single(paths, each => (string?)each!["path"] == path && (string?)each["pathType"] == "Exact")!;
                Assert.Equal(service, (string?)entry["backend"]!["service"]!["name"]);
            }
        }

        // The rest of the API, and of it alone: not /metrics, not /health.
        Assert.True(Is(rules[^1]!["matches"]!.AsArray().Single()!, "PathPrefix", "/v1"));
        Assert.Equal(("/v1", "Prefix"), ((string?)paths[^1]!["path"], (string?)paths[^1]!["pathType"]));
        Assert.Equal("release-inference-service-small", (string?)rules[^1]!["backendRefs"]![0]!["name"]);
        // The Gateway API takes 16 rules and 64 matches in each.
        Assert.All(rules, rule => Assert.True(rule!["matches"]!.AsArray().Count <= 64));
    }

    private static bool Is(JsonNode match, string type, string path) =>
        (string?)match["path"]!["type"] == type && (string?)match["path"]!["value"] == path;

    private static bool Matches(JsonObject template, JsonObject wanted) =>
        wanted.All(label => (string?)template["metadata"]!["labels"]![label.Key] == (string?)label.Value);

    private static string Name(JsonObject each) => (string)each["metadata"]!["name"]!;
}
