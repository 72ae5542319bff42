namespace InferenceApi.Hosting;

/// <summary>
/// Silences the two categories in which the framework reports a failed start with its stack trace, until the service has started:
/// <see cref="ServiceStart"/> reports the reason in one line, and an unknown failure ends the process with its own trace. It is a source of
/// the configuration, the last one, so that afterwards the levels are again what the operator set.
/// </summary>
internal sealed class QuietStart : ConfigurationProvider, IConfigurationSource
{
    private static readonly string[] Categories = ["Microsoft.AspNetCore.Server.Kestrel", "Microsoft.Extensions.Hosting.Internal.Host"];

    public override void Load()
    {
        foreach (string category in Categories) Set($"Logging:LogLevel:{category}", nameof(LogLevel.None));
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>From now on those categories are logged as configured.</summary>
    public void End()
    {
        Data.Clear();
        OnReload();
    }
}
