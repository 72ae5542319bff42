using InferenceApi;
using InferenceApi.Endpoints;

if (HealthCheckCommand.Wants(args)) return await HealthCheckCommand.RunAsync(args);

// The settings lie beside the program, wherever it is started from.
WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddSettings();
builder.Services.AddEngine();
builder.Services.AddDocumentation();

WebApplication app = builder.Build();
app.UseProblems();
app.UseDocumentation();
app.MapClassify();
app.MapModels();
app.MapHealth();
app.MapErrors();
app.MapFront();
await app.RunAsync();
return 0;
