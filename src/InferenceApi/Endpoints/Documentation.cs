using InferenceApi.Endpoints.Classify;
using Microsoft.OpenApi;

namespace InferenceApi.Endpoints;

/// <summary>OpenAPI document and Swagger UI at /swagger; everything is embedded, nothing is loaded from elsewhere.</summary>
internal static class Documentation
{
    public static void AddDocumentation(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "Image classification",
                Version = "v1",
                Description = "SSL and SWSL ImageNet models behind one endpoint, with PyTorch's exact answer. Weights are CC BY-NC 4.0.",
            });
            options.OperationFilter<ClassifyDocumentation>();
            options.SupportNonNullableReferenceTypes();
        });
    }

    /// <summary>On its own branch: the generator is made anew for every request that passes it.</summary>
    public static void UseDocumentation(this IApplicationBuilder app) => app.UseWhen(
        context => context.Request.Path.StartsWithSegments("/swagger"),
        branch => branch.UseSwagger().UseSwaggerUI(options => options.DocumentTitle = "Image classification API"));
}
