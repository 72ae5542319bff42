using System.Text.Json.Nodes;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Serving;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using ModelStore;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace InferenceApi.Endpoints.OpenApi;

/// <summary>
/// The values that a part of a path may have, as a list with the likeliest first: the models that are installed when the document is
/// asked for, and the kinds of problems.
/// </summary>
internal sealed class ParameterChoices(ServedModels models, IOptions<ServingOptions> serving) : IOperationFilter
{
    private static readonly string[] Slugs = [.. ProblemKind.All.Select(kind => kind.Slug)];

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        bool classify = context.ApiDescription.RelativePath?.EndsWith(":classify", StringComparison.Ordinal) == true;
        foreach (OpenApiParameter parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (parameter.Name == "model") Describe(parameter, "A model of GET /v1/models.", classify ? Installed() : Known());
            if (parameter.Name == "slug") Describe(parameter, "The last segment of a problem's type.", Slugs);
        }
    }

    private static void Describe(OpenApiParameter parameter, string description, string[] values)
    {
        parameter.Description = description;
        // With nothing installed there is no list, or a client made from the document could name no model at all.
        if (values.Length == 0) return;
        parameter.Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. values.Select(value => JsonValue.Create(value))],
            Default = JsonValue.Create(values[0]),
        };
    }

    /// <summary>Preloaded ones first: they answer at once.</summary>
    private string[] Installed() =>
        [.. models.Status().Select(model => model.Name).OrderBy(name => serving.Value.Preload.Contains(name) ? 0 : 1).ThenBy(name => name)];

    private string[] Known() => [.. Installed().Union(ModelCatalog.Entries.Select(entry => entry.Name))];
}
