using TestKit;

namespace ModelStore.Tests;

public sealed class StoreFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StoreFolder _store;

    public StoreFolderTests() => _store = new StoreFolder(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Latest_AfterTwoInstalls_IsTheSecond()
    {
        Sample.Install(_store, "one");
        Sample.Install(_store, "two");

        Assert.Equal([1, 2], _store.Versions(Sample.Name));
        Assert.Equal(2, _store.Latest(Sample.Name)!.Manifest.Version);
        Assert.Equal("two", File.ReadAllText(_store.Latest(Sample.Name)!.ModelPath));
    }

    [Fact]
    public void Manifest_RoundTrips_EveryField()
    {
        InstalledModel written = Sample.Install(_store);
        ModelManifest read = _store.Open(Sample.Name, 1).Manifest;

        Assert.Equal(written.Manifest with { Preprocessing = read.Preprocessing }, read);
        Assert.Equal(PreprocessingRecipe.ImageNet.Mean, read.Preprocessing.Mean);
        Assert.Equal(PreprocessingRecipe.ImageNet.Std, read.Preprocessing.Std);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../etc")]
    [InlineData("a/b")]
    [InlineData(".staging")]
    [InlineData("")]
    [InlineData("a\n")]
    [InlineData("ends.")]
    public void UnsafeNames_NeverReachTheDisk(string name)
    {
        Assert.Empty(_store.Versions(name));
        Assert.Null(_store.Latest(name));
        Assert.Throws<ModelStoreException>(() => _store.Begin(name));
        Assert.Throws<ModelStoreException>(() => _store.Open(name, 1));
    }

    [Fact]
    public void List_WithABrokenManifest_NamesItAndKeepsTheOthers()
    {
        Sample.Install(_store, name: "good");
        InstalledModel bad = Sample.Install(_store, name: "bad");
        File.WriteAllText(Path.Combine(bad.Folder, "manifest.json"), "{");

        var failures = new List<ModelStoreException>();
        IReadOnlyList<InstalledModel> models = _store.List(failures.Add);

        Assert.Equal(["good"], models.Select(model => model.Manifest.Name));
        Assert.Contains("bad", Assert.Single(failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_OfAStoreThatDoesNotExist_IsEmpty() =>
        Assert.Empty(new StoreFolder(_folder.File("nowhere")).List());

    [Fact]
    public void Remove_OfTheLastVersion_RemovesTheModel()
    {
        Sample.Install(_store);
        Assert.Equal([1], _store.Remove(Sample.Name));
        Assert.Empty(_store.List());
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, Sample.Name)));
        Assert.Empty(_store.Remove(Sample.Name));
    }

    [Theory]
    [InlineData("\"schema\": 1", "\"schema\": 9", "schema")]
    [InlineData("\"version\": 1", "\"version\": 4", "version")]
    [InlineData("\"name\": \"tiny\"", "\"name\": \"other\"", "name")]
    [InlineData("\"custom\"", "\"stolen\"", "origin")]
    [InlineData("\"classes\": 3", "\"classes\": 0", "classes")]
    [InlineData("\"classes\": 3", "\"clases\": 3", "clases")]
    [InlineData("\"model.onnx\"", "\"../../etc/passwd\"", "model.file")]
    [InlineData("\"crop\": 224", "\"crop\": -1", "preprocessing.crop")]
    [InlineData("0.229", "0", "preprocessing.std")]
    [InlineData("\"bilinear\"", "\"nearest\"", "preprocessing.interpolation")]
    public void Open_WithAWrongField_NamesFileAndField(string from, string to, string field)
    {
        InstalledModel model = Sample.Install(_store);
        string path = Path.Combine(model.Folder, "manifest.json");
        string json = File.ReadAllText(path);
        Assert.Contains(from, json, StringComparison.Ordinal);
        File.WriteAllText(path, json.Replace(from, to, StringComparison.Ordinal));

        string message = Assert.Throws<ModelStoreException>(() => _store.Open(Sample.Name, 1)).Message;

        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(field, message, StringComparison.Ordinal);
    }
}
