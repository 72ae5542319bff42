using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using InferenceApi.Endpoints.Classify;
using InferenceApi.Endpoints.Health;
using InferenceApi.Endpoints.Models;
using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints;

/// <summary>Source-generated JSON of everything the API answers.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(ClassifyResponse))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelDetail))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ErrorDescription[]))]
[JsonSerializable(typeof(ErrorDescription))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>As <see cref="Default"/>, but quotes, accents and signs stay readable: every answer is JSON by its Content-Type, never part of a page.</summary>
    public static ApiJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
