using System.Globalization;
using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Runtime;

/// <summary>Runs find the memory of their activations where the last run left it.</summary>
public sealed class ActivationMemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public async Task RunsOfARealNetwork_TakeNoNewPages()
    {
        if (!OperatingSystem.IsLinux()) return;
        // As the service does, before anything is loaded: blocks over 1 MB are mapped, and given back when freed.
        NativeHeaps.Limit();
        using var client = new HttpClient();
        var exporter = Export.ModelExporter.Create(new StoreFolder(_folder.Path), client);
        InstalledModel model = (await exporter.ExportAsync(
            new Export.ExportRequest { Name = "real", Checkpoint = Fixtures.Weights("resnet18_real.pth")! })).Model;
        using IModelInstance session = NetworkOpener.Open(model, new RuntimeOptions { Sessions = 1, IntraOpThreads = 1, MaxBatch = 1 }.For(
            ExecutionProvider.Cpu), NullLogger.Instance).Instances[0];
        for (int i = 0; i < 5; i++) session.Run(1);

        // Other threads of the process fault too; the least of some runs is the run's own. Its largest activation alone has 784 pages.
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = PageFaults();
            session.Run(1);
            least = Math.Min(least, PageFaults() - before);
        }

        Assert.InRange(least, 0, 300);
    }

    /// <summary>minflt, field 10 of proc(5), of this thread; the name before it may have spaces.</summary>
    private static long PageFaults()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}
