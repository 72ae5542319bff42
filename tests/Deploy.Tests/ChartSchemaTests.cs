using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Deploy.Tests;

public sealed partial class ChartSchemaTests
{
    [Fact]
    public void Schema_EverySection_RefusesUnknownKeys()
    {
        string[] open = [.. Sections(Chart.Schema, "").Where(section => (bool?)section.Node["additionalProperties"] is not false)
            .Select(section => section.Path)];

        Assert.Empty(open);
    }

    [Fact]
    public void Schema_EveryLeaf_HasMeaningDefaultAndAnotherValue()
    {
        string[] incomplete =
        [
            .. ChartKnob.All.Where(knob => string.IsNullOrEmpty((string?)knob.Node["description"]) || !knob.Node.ContainsKey("default")
                || JsonNode.DeepEquals(knob.Node["default"], knob.Example)).Select(knob => knob.Path),
        ];

        Assert.NotEmpty(ChartKnob.All);
        Assert.Empty(incomplete);
    }

    [Fact]
    public void Schema_Leaves_AreFewEnoughToRead()
    {
        Assert.True(ChartKnob.All.Count() <= 100, $"{ChartKnob.All.Count()} values");
        Assert.Equal(["global", "models.acceptLicense"], ChartKnob.All.Where(knob => knob.IsInert).Select(knob => knob.Path));
    }

    [Fact]
    public void Templates_EveryValueTheyRead_IsInTheSchema()
    {
        HashSet<string> known = [.. ChartKnob.All.Select(knob => knob.Path), .. Sections(Chart.Schema, "").Select(section => section.Path)];
        string templates = string.Concat(
            Directory.GetFiles(Path.Combine(Chart.Folder, "templates"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));

        string[] unknown =
            [.. ValuePath().Matches(templates).Select(match => match.Groups[1].Value).Distinct().Where(path => !known.Contains(path))];

        Assert.Empty(unknown);
    }

    [ToolFact("node")]
    public void ValuesAndReadme_AreWhatTheSchemaGenerates()
    {
        ToolResult result = Tool.Run("node", [Path.Combine(Chart.Machinery, "generate.mjs"), "--check"]);

        Assert.True(result.ExitCode == 0, result.Error);
    }

    [ToolFact(ToolFactAttribute.ChartRenderer, ToolFactAttribute.ChartValidation)]
    public void Schema_DefaultsProfilesAndExamples_AreAccepted()
    {
        string[] paths = [Path.Combine(Chart.Folder, "values.yaml"), .. Chart.Profiles.Select(Chart.ProfilePath), .. Chart.Examples];
        JsonObject[] files = Chart.ReadYaml(paths);
        JsonArray values = [.. files, .. ChartKnob.All.Select(knob => knob.Turned)];

        Assert.Empty(Validation.ValuesProblems(values).SelectMany(problems => problems));
    }

    [ToolFact(ToolFactAttribute.ChartValidation)]
    public void Schema_MisspeltKeyOrWrongType_IsRefused()
    {
        JsonArray values =
        [
            new JsonObject { ["replicas"] = 3 },
            new JsonObject { ["models"] = new JsonObject { ["installer"] = new JsonObject { ["enable"] = true } } },
            JsonNode.Parse("""{"pools":[{"name":"a","serve":["x"],"ingress":{}}]}"""),
            JsonNode.Parse("""{"pools":[{"name":"a","serve":["x"],"gpu":{"on":true}}]}"""),
            new JsonObject { ["replicaCount"] = "three" },
            new JsonObject { ["image"] = new JsonObject { ["digest"] = "sha256:short" } },
            new JsonObject { ["service"] = new JsonObject { ["containerPort"] = 80 } },
        ];

        Assert.All(Validation.ValuesProblems(values), problems => Assert.NotEmpty(problems));
    }

    private static IEnumerable<(string Path, JsonObject Node)> Sections(JsonObject node, string path)
    {
        yield return (path, node);
        foreach ((string name, JsonNode? child) in node["properties"]!.AsObject())
        {
            if (!child!.AsObject().ContainsKey("properties")) continue;
            foreach ((string Path, JsonObject Node) section in Sections(child.AsObject(), path.Length == 0 ? name : $"{path}.{name}"))
                yield return section;
        }
    }

    [GeneratedRegex(@"\.Values\.([A-Za-z]+(?:\.[A-Za-z]+)*)")]
    private static partial Regex ValuePath();
}
