using System.Diagnostics;
using TestKit;

namespace InferenceApi.Tests.Hosting;

/// <summary>One start of the built service that is expected to end by itself.</summary>
/// <param name="ExitCode">Of the process.</param>
/// <param name="Output">Standard output, where the log goes.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ServiceRun(int ExitCode, string Output, string Errors)
{
    /// <param name="arguments">After an address that is free, which they may override.</param>
    /// <param name="variables">Added to the environment.</param>
    public static async Task<ServiceRun> OfAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--urls=http://127.0.0.1:0", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process service = Process.Start(start)!;
        try
        {
            Task<string> output = service.StandardOutput.ReadToEndAsync(), errors = service.StandardError.ReadToEndAsync();
            await service.WaitForExitAsync().Soon();
            return new ServiceRun(service.ExitCode, await output, await errors);
        }
        finally
        {
            if (!service.HasExited) service.Kill();
        }
    }
}
