using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>YAML, Kubernetes' schemas and the values schema, through chart/validate.</summary>
internal static class Validation
{
    public static NpmFolder Packages { get; } = new(Path.Combine(Chart.Machinery, "validate"));

    /// <summary>What Kubernetes would refuse or ignore in these objects: wrong types, missing and unknown fields.</summary>
    public static string[] Problems(JsonArray objects) => Strings(Ask("objects", objects));

    /// <summary>What values.schema.json refuses, one list for each of the values.</summary>
    public static string[][] ValuesProblems(JsonArray values) => [.. Ask("values", values, Chart.SchemaPath).Select(Strings)];

    /// <summary>The documents of each YAML text; empty ones are left out.</summary>
    public static JsonArray[] ReadYaml(IEnumerable<string> texts) =>
        [.. Ask("yaml", [.. texts.Select(text => (JsonNode)text)]).Select(documents => documents!.DeepClone().AsArray())];

    private static JsonArray Ask(string mode, JsonArray input, params string[] more) =>
        JsonNode.Parse(Tool.Output("node", [Path.Combine(Packages.Path, "validate.mjs"), mode, .. more], input.ToJsonString()))!.AsArray();

    private static string[] Strings(JsonNode? list) => [.. list!.AsArray().Select(item => (string)item!)];
}
