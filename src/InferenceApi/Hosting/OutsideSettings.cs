namespace InferenceApi.Hosting;

/// <summary>Settings of the framework and of OpenTelemetry, whose own code ignores a wrong value or fails with a stack trace.</summary>
internal static class OutsideSettings
{
    private static readonly string[] Formatters = ["simple", "json", "systemd"];
    private static readonly string[] Ports = ["http_ports", "https_ports"];

    private static readonly string[] Collectors =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    /// <returns>One sentence for each wrong one.</returns>
    public static IEnumerable<string> Errors(IConfiguration configuration)
    {
        string levels = string.Join(", ", Enum.GetNames<LogLevel>());
        foreach (IConfigurationSection level in Levels(configuration.GetSection("Logging")))
        {
            if (!Enum.GetNames<LogLevel>().Contains(level.Value, StringComparer.OrdinalIgnoreCase))
                yield return SettingsCheck.Wrong(level.Path, level.Value ?? "", levels);
        }

        const string Formatter = "Logging:Console:FormatterName";
        if (configuration[Formatter] is { } formatter && !Formatters.Contains(formatter, StringComparer.OrdinalIgnoreCase))
            yield return SettingsCheck.Wrong(Formatter, formatter, string.Join(", ", Formatters));

        foreach (string key in Ports)
        {
            if (configuration[key] is { Length: > 0 } ports && !ports.Split(';', StringSplitOptions.TrimEntries).All(IsPort))
                yield return SettingsCheck.Wrong(key, ports, "numbers from 0 to 65535, several separated by semicolons");
        }

        foreach (string key in Collectors)
        {
            if (configuration[key] is { Length: > 0 } address && !IsHttp(address))
                yield return SettingsCheck.Wrong(key, address, "the whole address of a collector, for example http://collector:4317");
        }
    }

    /// <summary>Logging:LogLevel:CATEGORY, and the same below the name of one provider.</summary>
    private static IEnumerable<IConfigurationSection> Levels(IConfigurationSection logging) =>
        logging.GetChildren().Append(logging).SelectMany(section => section.GetSection("LogLevel").GetChildren());

    private static bool IsPort(string text) => ushort.TryParse(text, out _);

    private static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https";
}
