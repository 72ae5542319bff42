using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>The Helm chart, rendered by chart/render.sh.</summary>
internal static class Chart
{
    public static string Folder { get; } = Tool.PathOf("deploy", "helm", "inference-service");

    /// <summary>What checks the chart without helm or a cluster.</summary>
    public static string Machinery { get; } = Tool.PathOf("tests", "Deploy.Tests", "chart");

    public static string SchemaPath { get; } = Path.Combine(Folder, "values.schema.json");

    public static JsonObject Schema { get; } = JsonNode.Parse(File.ReadAllText(SchemaPath))!.AsObject();

    /// <summary>The ready-made values of ci/, by name.</summary>
    public static string[] Profiles { get; } =
        [.. Directory.GetFiles(Path.Combine(Folder, "ci"), "*-values.yaml").Select(path => Path.GetFileName(path).Replace("-values.yaml", "")).Order()];

    public static string ProfilePath(string name) => Path.Combine(Folder, "ci", $"{name}-values.yaml");

    public static string GoldenPath(string name) => Path.Combine(Machinery, "golden", $"{name}.yaml");

    /// <summary>The manifests as text, as the goldens have them.</summary>
    public static string RenderText(string profile) => Tool.Output(Script, [Folder, ProfilePath(profile)]);

    /// <summary>The manifests for each of the values, in one go.</summary>
    public static RenderedChart[] Render(IEnumerable<JsonObject> values)
    {
        JsonArray all = [.. values.Select(each => each.DeepClone())];
        JsonArray answers = JsonNode.Parse(Tool.Output(Script, ["-batch", Folder], all.ToJsonString()))!.AsArray();
        return [.. answers.Select(answer => new RenderedChart(
            answer!["objects"] as JsonArray ?? [], (string)answer["text"]!, (string)answer["error"]!))];
    }

    public static RenderedChart Render(JsonObject values) => Render([values])[0];

    /// <summary>YAML files as JSON.</summary>
    public static JsonObject[] ReadYaml(params string[] paths) =>
        [.. JsonNode.Parse(Tool.Output(Script, ["-json", .. paths]))!.AsArray().Select(document => document!.DeepClone().AsObject())];

    private static string Script { get; } = Path.Combine(Machinery, "render.sh");
}
