using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>The Helm chart, rendered by helm itself.</summary>
internal static class Chart
{
    public static string Folder { get; } = Tool.PathOf("deploy", "helm", "inference-service");

    /// <summary>What checks the chart without a cluster.</summary>
    public static string Machinery { get; } = Tool.PathOf("tests", "Deploy.Tests", "chart");

    public static string SchemaPath { get; } = Path.Combine(Folder, "values.schema.json");

    public static JsonObject Schema { get; } = JsonNode.Parse(File.ReadAllText(SchemaPath))!.AsObject();

    /// <summary>The ready-made values of ci/, by name.</summary>
    public static string[] Profiles { get; } =
        [.. Directory.GetFiles(Path.Combine(Folder, "ci"), "*-values.yaml")
            .Select(path => Path.GetFileName(path).Replace("-values.yaml", "")).Order()];

    /// <summary>The values files of examples/, which people copy.</summary>
    public static string[] Examples { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "examples"), "*.yaml").Order()];

    public static string ProfilePath(string name) => Path.Combine(Folder, "ci", $"{name}-values.yaml");

    public static string GoldenPath(string name) => Path.Combine(Machinery, "golden", $"{name}.yaml");

    /// <summary>What `helm template` is told, before the values.</summary>
    public static string[] Template(string folder) =>
        ["template", "release", folder, "--namespace", "inference", "--kube-version", "1.34.0"];

    /// <summary>The manifests as text, as the goldens have them.</summary>
    public static string RenderText(Helm helm, string profile)
    {
        ToolResult result = helm.Run([.. Template(Folder), "--values", ProfilePath(profile)]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    /// <summary>The manifests for each of the values, by helm 4.</summary>
    public static RenderedChart[] Render(IEnumerable<JsonObject> values)
    {
        string[] inputs = [.. values.Select(each => each.ToJsonString())];
        ToolResult[] results =
            [.. inputs.AsParallel().AsOrdered().Select(input => Helm.Four.Run([.. Template(Folder), "--values", "-"], input))];
        JsonArray[] objects = Validation.ReadYaml(results.Select(result => result.Output));
        return [.. results.Zip(objects, (result, list) => new RenderedChart(list, result.ExitCode == 0 ? "" : result.Error))];
    }

    public static RenderedChart Render(JsonObject values) => Render([values])[0];

    /// <summary>The manifests for these values, with the licence of the weights accepted.</summary>
    public static RenderedChart Render(string json) => Render(Accepting(json));

    /// <summary>These values, with the licence of the weights accepted.</summary>
    public static JsonObject Accepting(string json)
    {
        JsonObject values = JsonNode.Parse(json)!.AsObject();
        values["models"] ??= new JsonObject();
        values["models"]!.AsObject().TryAdd("acceptLicense", "CC-BY-NC-4.0");
        return values;
    }

    /// <summary>YAML files as JSON.</summary>
    public static JsonObject[] ReadYaml(params string[] paths) =>
        [.. Validation.ReadYaml(paths.Select(File.ReadAllText)).Select(documents => documents[0]!.DeepClone().AsObject())];
}
