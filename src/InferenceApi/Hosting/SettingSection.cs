using Imaging;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Runtime;
using InferenceApi.Serving;

namespace InferenceApi.Hosting;

/// <summary>One section of the configuration that is this service's own.</summary>
/// <param name="Name">The first part of its settings' names, for example Runtime.</param>
/// <param name="Type">The options it is bound to; every property with a setter is a setting.</param>
/// <param name="Read">The options with what the configuration says; it must have passed <see cref="SettingsCheck"/>.</param>
/// <param name="Register">Makes the options available to the service.</param>
internal sealed record SettingSection(string Name, Type Type, Func<IConfiguration, object> Read, Action<IServiceCollection> Register)
{
    /// <summary>All of them, in the order of docs/settings.md.</summary>
    public static IReadOnlyList<SettingSection> All { get; } =
    [
        Of<ServingOptions>(ServingOptions.Section),
        Of<RuntimeOptions>(RuntimeOptions.Section),
        Of<UploadOptions>(UploadOptions.Section),
        Of<ConnectionOptions>(ConnectionOptions.Section),
        Of<RequestOptions>(RequestOptions.Section),
        Of<ShutdownOptions>(ShutdownOptions.Section),
        Of<ImagingOptions>("Imaging"),
    ];

    private static SettingSection Of<T>(string name)
        where T : class, new() => new(
        name,
        typeof(T),
        configuration => configuration.GetSection(name).Get<T>() ?? new T(),
        services => services.AddOptions<T>().BindConfiguration(name));
}
