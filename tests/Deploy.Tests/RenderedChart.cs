using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>What the chart makes of some values: objects, or the error that a template raised.</summary>
internal sealed record RenderedChart(JsonArray Objects, string Error)
{
    /// <summary>The one object of this kind; fails if there is none.</summary>
    public JsonObject Single(string kind) => Assert.Single(OfKind(kind));

    public JsonObject[] OfKind(string kind) => [.. Objects.Select(each => each!.AsObject()).Where(each => (string?)each["kind"] == kind)];

    /// <summary>The specs of all pods: of Deployments, of Jobs, and by themselves.</summary>
    public IEnumerable<JsonObject> Pods => Objects.Select(each => each!.AsObject()).Select(each => (string?)each["kind"] switch
    {
        "Pod" => each["spec"]!.AsObject(),
        "Deployment" or "Job" => each["spec"]!["template"]!["spec"]!.AsObject(),
        _ => null,
    }).OfType<JsonObject>();

    public JsonObject PodSpec => Single("Deployment")["spec"]!["template"]!["spec"]!.AsObject();

    public JsonObject ServiceContainer =>
        PodSpec["containers"]!.AsArray().Select(each => each!.AsObject()).Single(each => (string?)each["name"] == "service");
}
