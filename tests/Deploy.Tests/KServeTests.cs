using System.Text.Json.Nodes;

namespace Deploy.Tests;

public sealed class KServeTests
{
    [ToolFact(ToolFactAttribute.ChartRenderer, ToolFactAttribute.ChartValidation)]
    public void Predictor_ItsPod_FitsKubernetesSchemasAndTheChartsNumbers()
    {
        JsonObject service = Chart.ReadYaml(Tool.PathOf("deploy", "kserve", "inferenceservice.yaml"))[0];
        JsonObject spec = service["spec"]!["predictor"]!.DeepClone().AsObject();
        foreach (string own in (string[])["minReplicas", "maxReplicas", "scaleMetric", "scaleTarget", "timeout"])
            Assert.True(spec.Remove(own), own);
        JsonObject pod =
            new() { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = new JsonObject { ["name"] = "predictor" }, ["spec"] = spec };
        RenderedChart chart = Chart.Render("{}");
        JsonObject container = spec["containers"]![0]!.AsObject();

        Assert.Empty(Validation.Problems([pod.DeepClone()]));
        Assert.Equal((int)chart.PodSpec["terminationGracePeriodSeconds"]!, (int)spec["terminationGracePeriodSeconds"]!);
        Assert.True(JsonNode.DeepEquals(chart.ServiceContainer["securityContext"], container["securityContext"]));
        foreach (string name in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            JsonObject ours = chart.ServiceContainer[name]!.DeepClone().AsObject();
            ours["httpGet"]!["port"] = 8080;
            Assert.True(JsonNode.DeepEquals(ours, container[name]), name);
        }
    }
}
