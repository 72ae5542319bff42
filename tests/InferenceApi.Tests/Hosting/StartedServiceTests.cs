using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
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
    public async Task HalfHeaderAndSilentBody_DoNotHoldTheEnd()
    {
        using var store = new TemporaryFolder();
        string[] settings = ["--urls=http://127.0.0.1:0", $"--Serving:Store={store.Path}", "--Runtime:Provider=cpu"];
        using Process service = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. settings])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var address = new Uri(Form().Match(await ReadUntilAsync(service, "In a browser: ")).Value);
            using var header = new TcpClient(address.Host, address.Port);
            await header.GetStream().WriteAsync("POST /v1/models/x:classify HTTP/1.1\r\nHost:"u8.ToArray());
            using var body = new TcpClient(address.Host, address.Port);
            await body.GetStream()
                .WriteAsync("POST /v1/models/x:classify HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf"u8.ToArray());
            using var client = new HttpClient();
            Assert.Contains("swagger-ui", await client.GetStringAsync(address), StringComparison.Ordinal);

            long asked = Stopwatch.GetTimestamp();
            using Process signal = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]);
            await service.WaitForExitAsync().Soon();
            // 2 seconds on a quiet machine; the drain timeout that it used to take is 30.
            Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 10);
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
