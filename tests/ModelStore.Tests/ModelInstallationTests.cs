using TestKit;

namespace ModelStore.Tests;

public sealed class ModelInstallationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StoreFolder _store;

    public ModelInstallationTests() => _store = new StoreFolder(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BeforeCommit_NothingIsVisible_AndDisposeLeavesNothing()
    {
        using (ModelInstallation installation = _store.Begin(Sample.Name))
        {
            Sample.WriteFiles(installation, "half");
            Assert.Null(_store.Latest(Sample.Name));
        }

        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void FailedCommit_LeavesTheOldVersion()
    {
        Sample.Install(_store, "old");
        using (ModelInstallation installation = _store.Begin(Sample.Name))
        {
            ModelManifest manifest = Sample.WriteFiles(installation, "new");
            File.AppendAllText(installation.PathOf("model.onnx"), "more than the manifest says");
            Assert.Throws<ModelStoreException>(() => installation.Commit(version => manifest with { Version = version }));
        }

        Assert.Equal([1], _store.Versions(Sample.Name));
        Assert.Equal("old", File.ReadAllText(_store.Latest(Sample.Name)!.ModelPath));
    }

    [Fact]
    public void MissingFile_IsRefused_ByName()
    {
        using ModelInstallation installation = _store.Begin(Sample.Name);
        ModelManifest manifest = Sample.WriteFiles(installation, "new");
        File.Delete(installation.PathOf("labels.csv"));
        string message =
            Assert.Throws<ModelStoreException>(() => installation.Commit(version => manifest with { Version = version })).Message;
        Assert.Contains("labels.csv", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConcurrentInstalls_EachGetAVersionOfTheirOwn()
    {
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, index => Sample.Install(_store, $"weights {index}"));

        Assert.Equal(Enumerable.Range(1, 16), _store.Versions(Sample.Name));
        string[] contents =
            [.. _store.Versions(Sample.Name).Select(version => File.ReadAllText(_store.Open(Sample.Name, version).ModelPath))];
        Assert.Equal(16, contents.Distinct().Count());
        foreach (int version in _store.Versions(Sample.Name)) ModelFileVerifier.Verify(_store.Open(Sample.Name, version));
    }

    [Fact]
    public void StagingWithoutAnOwnersFile_IsRemovedAfterADay_AndYoungerOnesStay()
    {
        string old = Directory.CreateDirectory(Path.Combine(_folder.Path, ".staging", "dead")).FullName;
        string young = Directory.CreateDirectory(Path.Combine(_folder.Path, ".staging", "alive")).FullName;
        Directory.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));

        using ModelInstallation installation = _store.Begin(Sample.Name);

        Assert.False(Directory.Exists(old));
        Assert.True(Directory.Exists(young));
    }

    [Fact]
    public void StoreThatIsAFile_IsAClearError()
    {
        string path = _folder.File("file");
        File.WriteAllText(path, "not a folder");
        Assert.Contains("cannot be written", Assert.Throws<ModelStoreException>(() => new StoreFolder(path).Begin("a")).Message,
            StringComparison.Ordinal);
    }
}
