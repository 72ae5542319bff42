using InferenceApi.Endpoints.Problems;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace InferenceApi.Endpoints.OpenApi;

/// <summary>A problem in the document.</summary>
internal static class ProblemAnswer
{
    public static OpenApiResponse Of(string description, OperationFilterContext context) => new()
    {
        Description = description,
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            [Problem.ContentType] = new OpenApiMediaType
            {
                Schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemBody), context.SchemaRepository),
            },
        },
    };
}
