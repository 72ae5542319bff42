using System.Globalization;
using System.Text.Json.Nodes;
using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace InferenceApi.Endpoints.OpenApi;

/// <summary>Describes what :classify reads by hand: its three body forms, its parameters and its answers.</summary>
internal sealed class ClassifyDocumentation : IOperationFilter
{
    // Answers of the router, never of this operation.
    private static readonly ProblemKind[] NotOurs = [ProblemKind.NotFound, ProblemKind.MethodNotAllowed];

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (context.ApiDescription.RelativePath?.EndsWith(":classify", StringComparison.Ordinal) != true) return;
        operation.Parameters ??= [];
        operation.Parameters.Add(Parameter(
            TopK.Parameter,
            ParameterLocation.Query,
            JsonSchemaType.Integer,
            "How many classes to answer: 1 to the model's classes.",
            ClassificationRequest.DefaultTopK));
        operation.Parameters.Add(Parameter(
            RequestDeadline.Header,
            ParameterLocation.Header,
            JsonSchemaType.Number,
            "Seconds the caller is willing to wait; a request that cannot be answered in time is refused at once with 429.",
            null));
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "JPEG, PNG, WebP, GIF (first frame), TIFF or AVIF. Several pictures are one request with one answer each.",
            Content = Body(),
        };
        AddAnswers(operation, context);
    }

    private static void AddAnswers(OpenApiOperation operation, OperationFilterContext context)
    {
        operation.Responses ??= [];
        if (operation.Responses["200"] is OpenApiResponse ok)
        {
            ok.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Server-Timing"] = Header(
                    JsonSchemaType.String,
                    "Milliseconds of decode, prepare, queue, run and rank, and the batch the image ran in."),
            };
            if (ok.Content?["application/json"] is OpenApiMediaType answer) answer.Example = Examples.Answer;
        }

        var problems = ProblemKind.All.Except(NotOurs).GroupBy(kind => kind.Status).OrderBy(group => group.Key);
        foreach (IGrouping<int, ProblemKind> group in problems)
        {
            OpenApiResponse problem = ProblemAnswer.Of(string.Join("; ", group.Select(row => $"{row.Title} (`{row.Type}`)")), context);
            if (group.Key is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            {
                problem.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    ["Retry-After"] = Header(JsonSchemaType.Integer, "Seconds after which another attempt makes sense."),
                };
            }

            operation.Responses[group.Key.ToString(CultureInfo.InvariantCulture)] = problem;
        }
    }

    /// <summary>Any image type is one media type, or generators would make an operation of each. The bytes decide.</summary>
    private static Dictionary<string, IOpenApiMediaType> Body() => new()
    {
        ["multipart/form-data"] = new OpenApiMediaType
        {
            Schema = WithTopK(Object("image", new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = Binary(),
                Description = "One or more files; the field's name does not matter.",
            })),
        },
        ["application/json"] = new OpenApiMediaType
        {
            Schema = WithTopK(Object("images", new OpenApiSchema { Type = JsonSchemaType.Array, Items = EncodedImage() })),
            Example = Examples.Request,
        },
        ["image/*"] = new OpenApiMediaType { Schema = Binary() },
    };

    private static OpenApiSchema Binary() => new() { Type = JsonSchemaType.String, Format = "binary" };

    private static OpenApiSchema EncodedImage()
    {
        OpenApiSchema image = Object("b64", new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" });
        image.Properties!["name"] = new OpenApiSchema { Type = JsonSchemaType.String };
        return image;
    }

    private static OpenApiSchema WithTopK(OpenApiSchema body)
    {
        body.Properties![TopK.Parameter] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "In place of the query's." };
        return body;
    }

    private static OpenApiSchema Object(string required, OpenApiSchema member) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { required },
        Properties = new Dictionary<string, IOpenApiSchema> { [required] = member },
    };

    private static OpenApiHeader Header(JsonSchemaType type, string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = type } };

    private static OpenApiParameter Parameter(
        string name, ParameterLocation location, JsonSchemaType type, string description, int? standard) => new()
        {
            Name = name,
            In = location,
            Description = description,
            Schema = new OpenApiSchema { Type = type, Default = standard is { } value ? JsonValue.Create(value) : null },
        };
}
