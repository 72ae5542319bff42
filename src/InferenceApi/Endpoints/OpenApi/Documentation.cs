using Microsoft.OpenApi;

namespace InferenceApi.Endpoints.OpenApi;

/// <summary>OpenAPI document and Swagger UI at /swagger; everything is embedded, nothing is loaded from elsewhere.</summary>
internal static class Documentation
{
    /// <summary>Where a person is sent.</summary>
    public const string Form = "/swagger/index.html";

    private const string Document = "/swagger/v1/swagger.json";
    private const string Title = "Image classification";

    public static void AddDocumentation(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = Title,
                Version = "v1",
                Description = "SSL and SWSL ImageNet models behind one endpoint, with PyTorch's exact answer. Weights are CC BY-NC 4.0.",
                License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
            });
            options.AddServer(new OpenApiServer { Url = "/" });
            // HEAD is everywhere where GET is, and would only repeat it.
            options.DocInclusionPredicate((_, api) => !HttpMethods.IsHead(api.HttpMethod ?? ""));
            options.OperationFilter<ClassifyDocumentation>();
            options.OperationFilter<ParameterChoices>();
            options.OperationFilter<CommonAnswers>();
            options.SchemaFilter<RequiredMembers>();
            options.SupportNonNullableReferenceTypes();
        });
    }

    /// <summary>
    /// On a branch of its own: the generator is made anew for every request that passes it. /openapi.json is the document and /docs the
    /// form, under the names that other tools look for.
    /// </summary>
    public static void UseDocumentation(this IApplicationBuilder app)
    {
        app.Use(next => context =>
        {
            if (context.Request.Path == "/openapi.json") context.Request.Path = Document;
            if (context.Request.Path != "/docs") return next(context);
            context.Response.Redirect(Form);
            return Task.CompletedTask;
        });
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/swagger"), branch => branch.UseSwagger().UseSwaggerUI(options =>
        {
            options.DocumentTitle = "Image classification API";
            options.SwaggerEndpoint(Document, Title);
            options.HeadContent = """<meta name="viewport" content="width=device-width, initial-scale=1">""";
            options.EnableTryItOutByDefault();
            options.DefaultModelsExpandDepth(-1);
        }));
    }
}
