using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TestKit;

namespace InferenceApi.Tests.Hosting;

/// <summary>A start as an operator sees it: where to go, and an end that was asked for.</summary>
public sealed partial class StartedServiceTests
{
    [Fact]
    public async Task Service_SaysWhereToGo_AndEndsWith0OnSigterm()
    {
        using var store = new TemporaryFolder();
        string[] settings = ["--urls=http://127.0.0.1:0", $"--Serving:Store={store.Path}", "--Runtime:Provider=cpu"];
        using Process service = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. settings])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            string form = Form().Match(await ReadUntilAsync(service, "In a browser: ")).Value;
            using var client = new HttpClient();
            Assert.Contains("swagger-ui", await client.GetStringAsync(new Uri(form)), StringComparison.Ordinal);

            using Process signal = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]);
            await signal.WaitForExitAsync().Soon();
            Assert.Contains("Shutting down", await ReadUntilAsync(service, "Shutting down"), StringComparison.Ordinal);
            await service.WaitForExitAsync().Soon();
            Assert.Equal(0, service.ExitCode);
        }
        finally
        {
            if (!service.HasExited) service.Kill();
        }
    }

    [Fact]
    public async Task Sigterm_EndsAServiceWhoseStoreBlocks_WithinFiveSecondsOfItsDelay()
    {
        using var store = new TemporaryFolder();
        using var blocked = new BlockedManifest(new ModelStore.StoreFolder(store.Path), "blocked");
        string[] settings =
        [
            "--urls=http://127.0.0.1:0", $"--Serving:Store={store.Path}", "--Runtime:Provider=cpu", "--Shutdown:Delay=00:00:01",
            "--Serving:Preload:0=blocked",
        ];
        using Process service = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. settings])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.NotEmpty(await ReadUntilAsync(service, "In a browser: "));
            long began = Stopwatch.GetTimestamp();
            using Process signal = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]);
            await service.WaitForExitAsync().Soon();
            Assert.Equal(0, service.ExitCode);
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
        }
        finally
        {
            if (!service.HasExited) service.Kill();
        }
    }

    private static async Task<string> ReadUntilAsync(Process service, string text)
    {
        while (await service.StandardOutput.ReadLineAsync().Soon() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        }

        return "";
    }

    [GeneratedRegex(@"http://\S+/swagger/\S+")]
    private static partial Regex Form();
}
