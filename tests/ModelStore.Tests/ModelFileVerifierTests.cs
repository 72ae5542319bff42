using TestKit;

namespace ModelStore.Tests;

public sealed class ModelFileVerifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void UntouchedFiles_Pass() => ModelFileVerifier.Verify(Sample.Install(new StoreFolder(_folder.Path)));

    [Fact]
    public void ChangedByte_IsToldWithBothDigests()
    {
        InstalledModel model = Sample.Install(new StoreFolder(_folder.Path), "weights");
        File.WriteAllText(model.ModelPath, "Weights");

        string message = Assert.Throws<ModelStoreException>(() => ModelFileVerifier.Verify(model)).Message;

        Assert.Contains(model.ModelPath, message, StringComparison.Ordinal);
        Assert.Contains(model.Manifest.Model.Sha256, message, StringComparison.Ordinal);
        Assert.Contains(FileDigest.Of(model.ModelPath, "x").Sha256, message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShortFile_IsToldWithBothLengths()
    {
        InstalledModel model = Sample.Install(new StoreFolder(_folder.Path), "weights");
        File.WriteAllText(model.ModelPath, "weight");
        string message = Assert.Throws<ModelStoreException>(() => ModelFileVerifier.Verify(model)).Message;
        Assert.Contains("6 bytes", message, StringComparison.Ordinal);
        Assert.Contains("7", message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_IsAClearError()
    {
        InstalledModel model = Sample.Install(new StoreFolder(_folder.Path));
        File.Delete(model.LabelsPath);
        Assert.Contains(
            "labels.csv", Assert.Throws<ModelStoreException>(() => ModelFileVerifier.Verify(model)).Message, StringComparison.Ordinal);
    }
}
