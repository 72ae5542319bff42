using TestKit;

namespace ModelStore.Tests;

/// <summary>Links in a store lead to nothing outside it, and are told as what they are.</summary>
public sealed class SymbolicLinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StoreFolder _store, _elsewhere;

    public SymbolicLinkTests() =>
        (_store, _elsewhere) = (new StoreFolder(_folder.File("store")), new StoreFolder(_folder.File("elsewhere")));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("labels.csv")]
    public void LinkedFile_IsRefusedAsALink(string file)
    {
        InstalledModel model = Sample.Install(_store);
        string path = Path.Combine(model.Folder, file), moved = _folder.File(file);
        File.Move(path, moved);
        File.CreateSymbolicLink(path, moved);

        string message = Assert.Throws<ModelStoreException>(() => ModelFileVerifier.Verify(model)).Message;

        Assert.Equal($"{path}: is a symbolic link; the store serves files of its own only.", message);
    }

    [Fact]
    public void LinkedVersion_ThatLeadsOutside_IsRefused_AndNotListed()
    {
        InstalledModel outside = Sample.Install(_elsewhere);
        Directory.CreateDirectory(Path.Combine(_store.Root, Sample.Name));
        Directory.CreateSymbolicLink(Path.Combine(_store.Root, Sample.Name, "1"), outside.Folder);

        Assert.Contains("leads outside the store", Refusal(), StringComparison.Ordinal);
        Assert.Empty(_store.List());
    }

    [Fact]
    public void LinkedModel_ThatLeadsOutsideThroughASecondLink_IsRefused()
    {
        Sample.Install(_elsewhere);
        Directory.CreateDirectory(_store.Root);
        Directory.CreateSymbolicLink(Path.Combine(_store.Root, "other"), _elsewhere.Root);
        Directory.CreateSymbolicLink(Path.Combine(_store.Root, Sample.Name), Path.Combine("other", Sample.Name));

        Assert.Contains("leads outside the store", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void StoreThatIsItselfALink_IsRead()
    {
        Sample.Install(_elsewhere);
        Directory.CreateSymbolicLink(_folder.File("link"), _elsewhere.Root);

        Assert.Single(new StoreFolder(_folder.File("link")).List());
    }

    [Fact]
    public void Circle_IsAClearError()
    {
        Directory.CreateDirectory(Path.Combine(_store.Root, Sample.Name));
        Directory.CreateSymbolicLink(Path.Combine(_store.Root, Sample.Name, "1"), "1");

        Assert.Contains("cannot be read", Refusal(), StringComparison.Ordinal);
    }

    private string Refusal() => Assert.Throws<ModelStoreException>(() => _store.Open(Sample.Name, 1)).Message;
}
