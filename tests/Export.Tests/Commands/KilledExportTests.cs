using System.Diagnostics;
using System.Globalization;
using Export.Commands;
using ModelStore;
using TestKit;

namespace Export.Tests.Commands;

/// <summary>
/// The exporter killed at random moments, its own start and its install included: the store is always readable, and what is left behind
/// is gone with the next start. KILLED_EXPORTS sets how often, 15 times by default.
/// </summary>
public sealed class KilledExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_AtAnyMoment_LeavesAReadableStore_AndAtMostOneStagingFolder()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("KILLED_EXPORTS") ?? "15", CultureInfo.InvariantCulture);
        var store = new StoreFolder(_folder.Path);
        string staging = Path.Combine(_folder.Path, ".staging");
        long began = Stopwatch.GetTimestamp();
        await RunAsync(killAfter: null);
        TimeSpan whole = Stopwatch.GetElapsedTime(began);
        var random = new Random(1);
        int interrupted = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            // Most of a run is the start of the process; the moments lie where the store is written.
            if (await RunAsync(whole * (0.3 + (0.7 * random.NextDouble()))) != 0) interrupted++;

            Assert.InRange(Directory.Exists(staging) ? Directory.GetDirectories(staging).Length : 0, 0, 1);
            Assert.Single(store.List(broken => Assert.Fail(broken.Message)));
            foreach (int version in store.Versions("tiny")) ModelFileVerifier.Verify(store.Open("tiny", version));
        }

        Assert.True(interrupted > 0, "No run was interrupted, so nothing was tested.");
        Assert.Equal(0, await RunAsync(killAfter: null));
        Assert.Empty(Directory.EnumerateFileSystemEntries(staging));
    }

    private async Task<int> RunAsync(TimeSpan? killAfter)
    {
        string[] arguments = ["resnet_basic_1-1-1-1", "--synthetic", "--name", "tiny", "--force", "--store", _folder.Path];
        using Process tool = Process.Start(new ProcessStartInfo("dotnet", [typeof(ExportCommand).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task output = Task.WhenAll(tool.StandardOutput.ReadToEndAsync(), tool.StandardError.ReadToEndAsync());
        Task ended = tool.WaitForExitAsync();
        if (killAfter is { } moment && await Task.WhenAny(ended, Task.Delay(moment, TimeProvider.System)) != ended) tool.Kill();
        await ended.WaitAsync(TimeSpan.FromMinutes(1));
        await output;
        return tool.ExitCode;
    }
}
