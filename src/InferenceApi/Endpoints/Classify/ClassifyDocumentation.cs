using System.Text.Json.Nodes;
using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace InferenceApi.Endpoints.Classify;

/// <summary>Describes what :classify reads by hand: its three body forms, its parameters and its problems, so that Swagger UI's form works.</summary>
internal sealed class ClassifyDocumentation : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (context.ApiDescription.RelativePath?.EndsWith(":classify", StringComparison.Ordinal) != true) return;
        operation.Parameters ??= [];
        operation.Parameters.Add(Parameter(TopK.Parameter, ParameterLocation.Query, JsonSchemaType.Integer, "How many classes to answer: 1 to the model's classes.", ClassificationRequest.DefaultTopK));
        operation.Parameters.Add(Parameter(RequestDeadline.Header, ParameterLocation.Header, JsonSchemaType.Number, "Seconds the caller is willing to wait; a request that cannot be answered in time is refused at once with 429.", null));
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "A picture: JPEG, PNG, WebP, GIF (first frame), TIFF or AVIF. Several pictures are one request with one answer each.",
            Content = Body(),
        };
        operation.Responses ??= [];
        foreach (var group in ProblemTable.Rows.GroupBy(row => row.Status).OrderBy(group => group.Key))
            operation.Responses[group.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = Problem(group, context);
    }

    private static Dictionary<string, IOpenApiMediaType> Body()
    {
        var binary = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var body = new Dictionary<string, IOpenApiMediaType>
        {
            ["multipart/form-data"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["image"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = binary, Description = "One or more files; the field's name does not matter." },
                    },
                },
            },
            ["application/json"] = new OpenApiMediaType
            {
                Schema = Images(),
            },
        };
        foreach (string type in (string[])["image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff", "image/avif", "application/octet-stream"])
            body[type] = new OpenApiMediaType { Schema = binary };
        return body;
    }

    private static OpenApiSchema Images() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["images"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "b64" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["name"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        ["b64"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
                    },
                },
            },
        },
    };

    private static OpenApiParameter Parameter(string name, ParameterLocation location, JsonSchemaType type, string description, int? standard) => new()
    {
        Name = name,
        In = location,
        Description = description,
        Schema = new OpenApiSchema { Type = type, Default = standard is { } value ? JsonValue.Create(value) : null },
    };

    private static OpenApiResponse Problem(IEnumerable<ProblemTable.Row> rows, OperationFilterContext context) => new()
    {
        Description = string.Join("; ", rows.Select(row => $"{row.Title} (`{row.Type}`)")),
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            [Problems.Problem.ContentType] = new OpenApiMediaType
            {
                Schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemBody), context.SchemaRepository),
            },
        },
    };
}
