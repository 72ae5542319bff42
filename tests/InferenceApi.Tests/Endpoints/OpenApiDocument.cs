using System.Text.Json;

namespace InferenceApi.Tests.Endpoints;

/// <summary>The document that the service answers, and as much of JSON Schema as it uses.</summary>
internal sealed class OpenApiDocument(JsonDocument json) : IDisposable
{
    public JsonElement Root => json.RootElement;

    public static async Task<OpenApiDocument> OfAsync(ApiFactory api)
    {
        using HttpClient client = api.CreateClient();
        return new OpenApiDocument(JsonDocument.Parse(await client.GetStringAsync("/openapi.json")));
    }

    public IEnumerable<(string Path, string Verb, JsonElement Operation)> Operations() =>
        from path in Root.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Name, operation.Value);

    public JsonElement Operation(string path, string verb) => Root.GetProperty("paths").GetProperty(path).GetProperty(verb);

    /// <summary>What is described for a status and a media type: a schema and perhaps an example.</summary>
    public static JsonElement Answer(JsonElement operation, string status, string type) =>
        operation.GetProperty("responses").GetProperty(status).GetProperty("content").GetProperty(type);

    /// <summary>The path with the defaults of its parameters.</summary>
    public static string Filled(string path, JsonElement operation)
    {
        if (!operation.TryGetProperty("parameters", out JsonElement parameters)) return path;
        foreach (JsonElement parameter in parameters.EnumerateArray().Where(each => each.GetProperty("in").GetString() == "path"))
        {
            string placeholder = $"{{{parameter.GetProperty("name").GetString()}}}";
            path = path.Replace(placeholder, parameter.GetProperty("schema").GetProperty("default").GetString(), StringComparison.Ordinal);
        }

        return path;
    }

    /// <summary>Each example of a body with its media type; one without a body where the operation takes none.</summary>
    public static IEnumerable<(string? Type, JsonElement Example)> Bodies(JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out JsonElement body)) return [(null, default)];
        return from type in body.GetProperty("content").EnumerateObject()
               where type.Value.TryGetProperty("example", out _)
               select ((string?)type.Name, type.Value.GetProperty("example"));
    }

    public IEnumerable<string?> Required(JsonElement described) =>
        Resolve(described.GetProperty("schema")).TryGetProperty("required", out JsonElement names)
            ? names.EnumerateArray().Select(name => name.GetString())
            : [];

    /// <summary>Every required member is there, none that is not described, and each has its type.</summary>
    public void AssertDescribed(JsonElement value, JsonElement described) => AssertSchema(value, described.GetProperty("schema"), "$");

    public void Dispose() => json.Dispose();

    private void AssertSchema(JsonElement value, JsonElement schema, string where)
    {
        schema = Resolve(schema);
        string type = schema.GetProperty("type").GetString()!;
        bool fits = type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ => value.ValueKind == JsonValueKind.Number,
        };
        Assert.True(fits, $"{where} is {value.ValueKind}, not {type}");
        if (type == "array")
        {
            foreach (JsonElement item in value.EnumerateArray()) AssertSchema(item, schema.GetProperty("items"), where + "[]");
        }

        if (type == "object") AssertMembers(value, schema, where);
    }

    private void AssertMembers(JsonElement value, JsonElement schema, string where)
    {
        if (schema.TryGetProperty("required", out JsonElement required))
        {
            foreach (JsonElement name in required.EnumerateArray())
                Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{where} lacks {name}");
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            bool known = schema.GetProperty("properties").TryGetProperty(member.Name, out JsonElement described);
            Assert.True(known, $"{where}.{member.Name} is not described");
            AssertSchema(member.Value, described, $"{where}.{member.Name}");
        }
    }

    private JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out JsonElement reference))
            schema = Root.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        return schema;
    }
}
