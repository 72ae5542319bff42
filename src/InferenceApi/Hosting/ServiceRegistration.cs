using Imaging;
using InferenceApi.Batching;
using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using InferenceApi.Serving;
using InferenceApi.Telemetry;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using ModelStore;

namespace InferenceApi.Hosting;

/// <summary>Settings and singletons, in the order of the walk. Options are read once.</summary>
internal static partial class ServiceRegistration
{
    /// <summary>Checks and binds every section, and MODEL_STORE, the short name of Serving:Store.</summary>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static void AddSettings(this WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable("MODEL_STORE") is { Length: > 0 } store)
            builder.Configuration.AddInMemoryCollection([new($"{ServingOptions.Section}:{nameof(ServingOptions.Store)}", store)]);
        if (SettingsCheck.Errors(builder.Configuration) is { Count: > 0 } wrong) throw new StartException(wrong);

        var quiet = new QuietStart();
        ((IConfigurationBuilder)builder.Configuration).Add(quiet);
        builder.Services.AddSingleton(quiet);
        foreach (SettingSection section in SettingSection.All) section.Register(builder.Services);

        builder.AddConnections();
        ShutdownOptions shutdown = builder.Configuration.GetSection(ShutdownOptions.Section).Get<ShutdownOptions>() ?? new();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdown.Delay + shutdown.DrainTimeout);
    }

    /// <summary>Makes Logging:Console:FormatterName=json mean ours: of several formatters with one name the first is taken.</summary>
    public static void AddJsonLog(this WebApplicationBuilder builder) =>
        builder.Services.Insert(0, ServiceDescriptor.Singleton<ConsoleFormatter, JsonLogFormatter>());

    /// <summary>Everything that a request passes through, from the store to the answer.</summary>
    public static void AddWalk(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<RefusalPace>();
        services.AddSingleton(provider => new BodyRoom(
            Value<UploadOptions>(provider), provider.GetRequiredService<InferenceMetrics>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new StoreFolder(Value<ServingOptions>(provider).Store));
        services.AddSingleton(provider => new ImagePreprocessor(Value<ImagingOptions>(provider)));
        services.AddSingleton(provider => new PreparationSlots(
            Environment.ProcessorCount,
            Value<ImagingOptions>(provider).DecodeBudget(),
            provider.GetRequiredService<InferenceMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CallerShares(Value<UploadOptions>(provider).AddressPercent));
        services.AddSingleton<PreparationBacklog>(provider => provider.GetRequiredService<PreparationSlots>().Backlog);
        services.AddSingleton<ImageClassifier>();
        services.AddSingleton(provider => ProviderSelection.Choose(Value<RuntimeOptions>(provider), RuntimeLog(provider)));
        services.AddSingleton(provider =>
        {
            RuntimePlan plan = provider.GetRequiredService<RuntimePlan>();
            return new ComputeSlots(plan.ComputeSlots, plan.DeviceIds.Count);
        });
        services.AddSingleton<ModelOpener>(provider =>
        {
            RuntimePlan plan = provider.GetRequiredService<RuntimePlan>();
            ILogger log = RuntimeLog(provider);
            return model => NetworkOpener.Open(model, plan, log);
        });
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ModelLoader>(provider, Value<ServingOptions>(provider)));
        services.AddSingleton(provider => MemoryBudget.Of(
            Value<ServingOptions>(provider), provider.GetRequiredService<RuntimePlan>(), ContainerMemory.Limit()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ServedModels>(provider, Value<ServingOptions>(provider)));
        services.AddSingleton<ReadinessState>();
        services.AddHostedService<ModelStartup>();
        services.AddSingleton<RehearsalKey>();
        services.AddHostedService<Rehearsal>();
        services.AddHostedService<GracefulShutdown>();
    }

    /// <summary>Chooses what computes the networks, before anything listens.</summary>
    /// <returns>False where the configured provider cannot be used; the log says why.</returns>
    public static bool TryChooseProvider(this WebApplication app)
    {
        try
        {
            _ = app.Services.GetRequiredService<RuntimePlan>();
            return true;
        }
        catch (ProviderUnavailableException unavailable)
        {
            Log.NoProvider(RuntimeLog(app.Services), unavailable.Message);
            return false;
        }
    }

    /// <summary>Says which library decodes JPEGs: the speed of preparing depends on it, the answers do not.</summary>
    public static void ReportJpegDecoder(this WebApplication app)
    {
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("InferenceApi.Imaging");
        Log.JpegDecoder(log, app.Services.GetRequiredService<ImagePreprocessor>().JpegDecoder);
    }

    private static ILogger RuntimeLog(IServiceProvider provider) =>
        provider.GetRequiredService<ILoggerFactory>().CreateLogger("InferenceApi.Runtime");

    private static T Value<T>(IServiceProvider provider)
        where T : class => provider.GetRequiredService<IOptions<T>>().Value;

    private static partial class Log
    {
        [LoggerMessage(1024, LogLevel.Critical, "{Reason} The service does not start; Runtime:Provider=auto would serve on the CPU.")]
        public static partial void NoProvider(ILogger logger, string reason);

        [LoggerMessage(1031, LogLevel.Information, "JPEG pictures are decoded by {Decoder}.")]
        public static partial void JpegDecoder(ILogger logger, string decoder);
    }
}
