using Export.Architectures;
using Export.Downloads;
using Export.Tests.Downloads;
using Export.Tests.Writers;
using Export.Weights;
using ModelStore;
using TestKit;

namespace Export.Tests;

public sealed class ModelExporterTests : IDisposable
{
    private const string Tiny = "resnet_basic_1-1-1-1";

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = CheckpointDownload.CreateClient();
    private readonly StoreFolder _store;

    public ModelExporterTests() => _store = new StoreFolder(_folder.File("store"));

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Export_SyntheticModel_InstallsWhatVerifies()
    {
        List<ExportStage> stages = [];
        ExportReport report = await Exporter().ExportAsync(Synthetic("tiny"), new Stages(stages));
        ModelManifest manifest = report.Model.Manifest;
        Assert.Equal((ModelOrigin.Synthetic, 7, Tiny, 1000, 1),
            (manifest.Origin, manifest.Source.Seed, manifest.Architecture, manifest.Classes, manifest.Version));
        Assert.Equal([ExportStage.Convert, ExportStage.Check], stages.Distinct());
        Assert.Contains("synthetic", Assert.Single(report.Warnings), StringComparison.Ordinal);
        ModelFileVerifier.Verify(report.Model);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("store/.staging")));
    }

    [Fact]
    public async Task Export_SameAgain_DoesNothingUnlessForced()
    {
        ExportReport first = await Exporter().ExportAsync(Synthetic("tiny")), second = await Exporter().ExportAsync(Synthetic("tiny"));
        ExportReport third = await Exporter().ExportAsync(Synthetic("tiny") with { Force = true });
        Assert.Equal((true, false, true), (first.Installed, second.Installed, third.Installed));
        Assert.Equal([1, 2], _store.Versions("tiny"));
        Assert.Equal(first.Model.Manifest.Model.Sha256, third.Model.Manifest.Model.Sha256);
    }

    [Fact]
    public async Task Export_OwnCheckpoint_InstallsItWithItsLabels()
    {
        string checkpoint = Checkpoint(classes: 3), labels = _folder.File("labels.txt");
        await File.WriteAllTextAsync(labels, "robin\nwren\nowl\n");
        ExportReport report =
            await Exporter().ExportAsync(new ExportRequest { Name = "birds", Checkpoint = checkpoint, LabelsFile = labels });
        ModelManifest manifest = report.Model.Manifest;
        Assert.Equal((ModelOrigin.Custom, 3, "own.pth"), (manifest.Origin, manifest.Classes, manifest.Source.File));
        Assert.Equal("owl", LabelSet.Load(report.Model.LabelsPath)[2].Name);
        Assert.Empty(report.Warnings);
        Assert.False((await Exporter().ExportAsync(new ExportRequest { Name = "birds", Checkpoint = checkpoint })).Installed);
    }

    [Fact]
    public async Task Export_LabelsOfAnotherLength_AreRefused()
    {
        string labels = _folder.File("labels.txt");
        await File.WriteAllTextAsync(labels, "robin\nwren\n");
        ExportException refused = await Assert.ThrowsAsync<ExportException>(() =>
            Exporter().ExportAsync(new ExportRequest { Name = "birds", Checkpoint = Checkpoint(3), LabelsFile = labels }));
        Assert.Contains("has 2 labels", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_CheckpointWithNaN_IsRefusedAndNothingIsInstalled()
    {
        string path = Checkpoint(3);
        using (FileStream file = File.OpenWrite(path))
        {
            file.Position = file.Length - 4;
            file.Write(BitConverter.GetBytes(float.NaN));
        }

        WeightsException refused = await Assert.ThrowsAsync<WeightsException>(
            () => Exporter().ExportAsync(new ExportRequest { Name = "birds", Checkpoint = path }));
        Assert.Contains("holds NaN at element", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_store.Versions("birds"));
    }

    [Fact]
    public async Task Export_PublishedNameWithAnotherFile_IsRefused()
    {
        ExportException refused = await Assert.ThrowsAsync<ExportException>(() =>
            Exporter().ExportAsync(
                new ExportRequest { Name = "resnet18_ssl", Entry = ModelCatalog.Find("resnet18_ssl"), Checkpoint = Checkpoint(3) }));
        Assert.Contains("d92f0530", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_FullDisk_LeavesTheOldVersion()
    {
        await Exporter().ExportAsync(Synthetic("tiny"));
        ModelExporter full = new(_store, Download(), path => new FullDisk(File.Create(path), 1_000_000));
        ModelStoreException refused =
            await Assert.ThrowsAsync<ModelStoreException>(() => full.ExportAsync(Synthetic("tiny") with { Force = true }));
        Assert.Contains("No space left", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1], _store.Versions("tiny"));
        ModelFileVerifier.Verify(_store.Latest("tiny")!);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("store/.staging")));
    }

    [Fact]
    public async Task Export_TwoAtOnce_InstallTwoWholeVersions()
    {
        await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => Task.Run(() => Exporter().ExportAsync(Synthetic("tiny") with { Force = true }))));
        Assert.Equal([1, 2], _store.Versions("tiny"));
        Assert.All(_store.Versions("tiny"), version => ModelFileVerifier.Verify(_store.Open("tiny", version)));
    }

    [Fact]
    public async Task Export_SecondOfTheSame_WaitsForTheFirst_AndFindsItDone()
    {
        byte[] content = await File.ReadAllBytesAsync(Checkpoint(1000));
        CatalogEntry entry =
            ModelCatalog.Entries[0] with { Bytes = content.Length, Sha256Prefix = FileDigest.Of(Checkpoint(1000), "own.pth").Sha256[..8] };
        using var mayAnswer = new ManualResetEventSlim();
        int asked = 0;
        using LoopbackServer server = new((_, _) =>
        {
            Interlocked.Increment(ref asked);
            mayAnswer.Wait(TimeSpan.FromMinutes(1));
            return LoopbackServer.Response("200 OK", content);
        });
        var request = new ExportRequest { Name = entry.Name, Entry = entry };
        ModelExporter Exporter() =>
            new(_store, new CheckpointDownload(_client, new DownloadOptions { BaseAddress = server.Address }, TimeProvider.System));

        Task<ExportReport> first = Task.Run(() => Exporter().ExportAsync(request));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref asked) == 1, TimeSpan.FromMinutes(1)));
        var waits = new FirstStage();
        Task<ExportReport> second = Task.Run(() => Exporter().ExportAsync(request, waits));
        Assert.Equal(ExportStage.Wait, await waits.Reported.WaitAsync(TimeSpan.FromMinutes(1)));
        mayAnswer.Set();

        Assert.Equal((true, false), ((await first).Installed, (await second).Installed));
        Assert.Equal((1, 1), (asked, (await second).Model.Manifest.Version));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Export_ZipWithOneFlippedBit_IsRefusedByItsChecksum(bool flipped)
    {
        string path = _folder.File("own.pth");
        byte[] content = Checkpoints.SampleFiles.Zip();
        if (flipped) content[content.AsSpan().IndexOf(BitConverter.GetBytes(Checkpoints.SampleFiles.First[4]))] ^= 1;
        await File.WriteAllBytesAsync(path, content);

        Exception refused =
            await Assert.ThrowsAnyAsync<Exception>(() => Exporter().ExportAsync(new ExportRequest { Name = "own", Checkpoint = path }));

        Assert.Equal(
            flipped, refused is Export.Checkpoints.CheckpointException && refused.Message.Contains("has CRC-32", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_DownloadOfAWrongFile_InstallsNothing()
    {
        CatalogEntry entry = ModelCatalog.Entries[0] with { Bytes = 1000 };
        using LoopbackServer server = new((_, _) => LoopbackServer.Response("200 OK", new byte[1000]));
        ModelExporter exporter =
            new(_store, new CheckpointDownload(_client, new DownloadOptions { BaseAddress = server.Address }, TimeProvider.System));
        await Assert.ThrowsAsync<DownloadException>(() => exporter.ExportAsync(new ExportRequest { Name = entry.Name, Entry = entry }));
        Assert.Empty(_store.List());
    }

    [Fact]
    public async Task Export_Download_InstallsAnOfficialModelAndDropsTheFile()
    {
        byte[] content = await File.ReadAllBytesAsync(Checkpoint(1000));
        FileDigest digest = FileDigest.Of(Checkpoint(1000), "own.pth");
        CatalogEntry entry = ModelCatalog.Entries[0] with { Bytes = content.Length, Sha256Prefix = digest.Sha256[..8] };
        using LoopbackServer server = new((_, _) => LoopbackServer.Response("200 OK", content));
        ModelExporter exporter =
            new(_store, new CheckpointDownload(_client, new DownloadOptions { BaseAddress = server.Address }, TimeProvider.System));
        ExportReport report = await exporter.ExportAsync(new ExportRequest { Name = entry.Name, Entry = entry });
        Assert.Equal((ModelOrigin.Official, digest.Sha256, "CC-BY-NC-4.0"),
            (report.Model.Manifest.Origin, report.Model.Manifest.Source.Sha256, report.Model.Manifest.Licence));
        Assert.Empty(Directory.EnumerateFiles(_folder.File("store/.downloads")));
    }

    private static ExportRequest Synthetic(string name) => new() { Name = name, SyntheticSeed = 7, Architecture = Tiny };

    private ModelExporter Exporter() => new(_store, Download());

    private CheckpointDownload Download() => new(_client, new DownloadOptions { Attempts = 1 }, TimeProvider.System);

    private string Checkpoint(int classes)
    {
        string path = _folder.File("own.pth");
        ResNetArchitecture architecture = ResNetNames.Find(Tiny, classes)!;
        NetworkFile.WriteLegacy(path, [.. architecture.Tensors], new SyntheticWeights(architecture, 1));
        return path;
    }

    private sealed class FirstStage : IProgress<ExportProgress>
    {
        private readonly TaskCompletionSource<ExportStage> _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ExportStage> Reported => _reported.Task;

        public void Report(ExportProgress value) => _reported.TrySetResult(value.Stage);
    }

    private sealed class Stages(List<ExportStage> stages) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value) => stages.Add(value.Stage);
    }
}
