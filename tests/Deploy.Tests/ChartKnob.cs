using System.Text.Json.Nodes;

namespace Deploy.Tests;

/// <summary>
/// One leaf of values.schema.json: where it is, another value than its default (`examples`), and the values under which it
/// matters (`x-needs` of itself and the sections around it).
/// </summary>
internal sealed record ChartKnob(string Path, JsonObject Node, JsonObject Needs)
{
    public JsonNode? Example => Node["examples"]!.AsArray()[0];

    /// <summary>Whether it is no part of any object: what a parent chart sets, and what only opens a gate.</summary>
    public bool IsInert => (bool?)Node["x-inert"] is true;

    public JsonObject Base => Expand(Needs);

    /// <summary><see cref="Base"/> with this knob set to its example.</summary>
    public JsonObject Turned
    {
        get
        {
            JsonObject values = Base;
            Set(values, Path, Example);
            return values;
        }
    }

    public static IEnumerable<ChartKnob> All => Leaves(Chart.Schema, "", []);

    public override string ToString() => Path;

    private static IEnumerable<ChartKnob> Leaves(JsonObject section, string path, JsonObject needs)
    {
        foreach ((string name, JsonNode? child) in section["properties"]!.AsObject())
        {
            JsonObject node = child!.AsObject();
            JsonObject inherited = needs.DeepClone().AsObject();
            if (node["x-needs"] is JsonObject own)
            {
                foreach ((string key, JsonNode? value) in own) inherited[key] = value?.DeepClone();
            }

            string childPath = path.Length == 0 ? name : $"{path}.{name}";
            if (!node.ContainsKey("properties"))
                yield return new ChartKnob(childPath, node, inherited);
            else
            {
                foreach (ChartKnob leaf in Leaves(node, childPath, inherited)) yield return leaf;
            }
        }
    }

    private static JsonObject Expand(JsonObject flat)
    {
        // Without the licence nothing is rendered that downloads.
        JsonObject values = Chart.Accepting("{}");
        foreach ((string path, JsonNode? value) in flat) Set(values, path, value);
        return values;
    }

    private static void Set(JsonObject values, string path, JsonNode? value)
    {
        string[] parts = path.Split('.');
        JsonObject section = values;
        foreach (string part in parts[..^1])
        {
            section[part] ??= new JsonObject();
            section = section[part]!.AsObject();
        }

        section[parts[^1]] = value?.DeepClone();
    }
}
