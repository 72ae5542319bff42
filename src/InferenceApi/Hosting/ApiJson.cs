using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using InferenceApi.Endpoints.Classify;
using InferenceApi.Endpoints.Health;
using InferenceApi.Endpoints.Models;
using InferenceApi.Endpoints.OpenApi;
using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Hosting;

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
    /// <summary>
    /// Has every answer written so: without nulls, and with quotes, accents and signs readable, because an answer is JSON by its
    /// Content-Type and never part of a page.
    /// </summary>
    public static void AddJson(IServiceCollection services) => services.ConfigureHttpJsonOptions(http =>
    {
        http.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        http.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        http.SerializerOptions.TypeInfoResolverChain.Insert(0, Default);
    });
}
