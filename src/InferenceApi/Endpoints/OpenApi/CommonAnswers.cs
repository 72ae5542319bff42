using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace InferenceApi.Endpoints.OpenApi;

/// <summary>What any address may answer: a problem where the request is wrong.</summary>
internal sealed class CommonAnswers : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        operation.Responses ??= [];
        if (!operation.Responses.Keys.Any(status => status.StartsWith('4')))
            operation.Responses["4XX"] = ProblemAnswer.Of("The request is not valid HTTP.", context);
    }
}
