using InferenceApi.Endpoints.Classify;
using InferenceApi.Endpoints.Health;
using InferenceApi.Endpoints.Models;
using InferenceApi.Endpoints.OpenApi;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Hosting;
using InferenceApi.Runtime;

if (HealthCheckCommand.Wants(args)) return await HealthCheckCommand.RunAsync(args);

NativeHeaps.Limit();
try
{
    // The settings lie beside the program, wherever it is started from.
    var options = new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory };
    WebApplicationBuilder builder = WebApplication.CreateBuilder(options);
    builder.AddSettings();
    builder.AddJsonLog();
    builder.AddTelemetry();
    builder.Services.AddWalk();
    ApiJson.AddJson(builder.Services);
    builder.Services.AddDocumentation();

    await using WebApplication app = builder.Build();
    if (!app.TryChooseProvider()) return 1;

    app.ReportJpegDecoder();
    app.UseConnections();
    app.UseRequestTelemetry();
    app.UseProblems();
    app.UseDocumentation();
    app.MapClassify();
    app.MapModels();
    app.MapHealth();
    app.MapMetrics();
    app.MapErrors();
    app.MapFront();
    await app.ServeAsync();
    return 0;
}
catch (StartException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return ServiceStart.WrongSetting;
}
