using System.Diagnostics;

namespace InferenceApi.Tests.Telemetry;

/// <summary>A fact that needs promtool, of the Debian package prometheus; where it is absent it is reported as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolFactAttribute : FactAttribute
{
    private static readonly string? Promtool = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);

    public PromtoolFactAttribute()
    {
        if (Promtool is null) Skip = "Needs promtool: install the package prometheus.";
    }

    /// <summary>The complaints of `promtool check metrics`, one a line.</summary>
    public static async Task<string[]> CheckAsync(string metrics)
    {
        using Process promtool = Process.Start(new ProcessStartInfo(Promtool!, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        Task<string> errors = promtool.StandardError.ReadToEndAsync();
        Task<string> output = promtool.StandardOutput.ReadToEndAsync();
        await promtool.StandardInput.WriteAsync(metrics);
        promtool.StandardInput.Close();
        await promtool.WaitForExitAsync();
        return [.. (await errors + await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
