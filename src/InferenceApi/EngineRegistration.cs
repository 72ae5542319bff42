using InferenceApi.Classification;
using InferenceApi.Endpoints;
using InferenceApi.Imaging;
using InferenceApi.Runtime;
using InferenceApi.Serving;
using Microsoft.Extensions.Options;
using ModelStore;

namespace InferenceApi;

/// <summary>Settings and singletons, in the order of the walk. Options are read once; a wrong one stops the start.</summary>
internal static class EngineRegistration
{
    /// <summary>Binds every section, and MODEL_STORE, the short name of Serving:Store.</summary>
    public static void AddSettings(this WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable("MODEL_STORE") is { Length: > 0 } store)
            builder.Configuration.AddInMemoryCollection([new($"{ServingOptions.Section}:{nameof(ServingOptions.Store)}", store)]);

        Add<UploadOptions>(builder, UploadOptions.Section);
        Add<RequestOptions>(builder, RequestOptions.Section);
        Add<ShutdownOptions>(builder, ShutdownOptions.Section);
        Add<ImagingOptions>(builder, "Imaging");
        Add<ServingOptions>(builder, ServingOptions.Section);
        Add<RuntimeOptions>(builder, RuntimeOptions.Section);

        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            // One byte more than ours, so that our own count answers, with our own words, also where no length was announced.
            kestrel.Limits.MaxRequestBodySize = (context.Configuration.GetSection(UploadOptions.Section).Get<UploadOptions>() ?? new()).MaxRequestBytes + 1;
            kestrel.AddServerHeader = false;
        });
        ShutdownOptions shutdown = builder.Configuration.GetSection(ShutdownOptions.Section).Get<ShutdownOptions>() ?? new();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdown.Delay + shutdown.DrainTimeout);
    }

    public static void AddEngine(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new StoreFolder(Value<ServingOptions>(provider).Store));
        services.AddSingleton(provider => new ImagePreparer(Value<ImagingOptions>(provider)));
        services.AddSingleton(provider => new PreparationSlots(Environment.ProcessorCount, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ImageClassifier>();
        services.AddSingleton(provider => new ComputeSlots(Value<RuntimeOptions>(provider).Sessions));
        services.AddSingleton<SessionOpener>(provider =>
        {
            RuntimeOptions options = Value<RuntimeOptions>(provider);
            ILogger log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("InferenceApi.Runtime");
            return model => OnnxModel.OpenSessions(model, options, log);
        });
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ModelLoader>(provider, Value<RuntimeOptions>(provider), Value<ServingOptions>(provider)));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ServedModels>(provider, Value<ServingOptions>(provider)));
        services.AddSingleton<ReadinessState>();
        services.AddHostedService<ModelStartup>();
        services.AddHostedService<GracefulShutdown>();
    }

    private static void Add<T>(WebApplicationBuilder builder, string section)
        where T : class =>
        builder.Services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();

    private static T Value<T>(IServiceProvider provider)
        where T : class => provider.GetRequiredService<IOptions<T>>().Value;
}
