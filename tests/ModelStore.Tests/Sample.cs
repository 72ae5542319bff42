namespace ModelStore.Tests;

/// <summary>Small but complete installs for the tests of the store.</summary>
internal static class Sample
{
    public const string Name = "tiny";

    public static InstalledModel Install(StoreFolder store, string content = "weights", string name = Name)
    {
        using ModelInstallation installation = store.Begin(name);
        ModelManifest manifest = WriteFiles(installation, content, name);
        return installation.Commit(version => manifest with { Version = version });
    }

    public static ModelManifest WriteFiles(ModelInstallation installation, string content, string name = Name)
    {
        File.WriteAllText(installation.PathOf("model.onnx"), content);
        LabelSet.Numbered(3).Save(installation.PathOf("labels.csv"));
        return Manifest(name) with
        {
            Model = FileDigest.Of(installation.PathOf("model.onnx"), "model.onnx"),
            Labels = FileDigest.Of(installation.PathOf("labels.csv"), "labels.csv"),
        };
    }

    public static ModelManifest Manifest(string name = Name) => new()
    {
        Name = name,
        Version = 1,
        Architecture = "resnet18",
        Origin = ModelOrigin.Custom,
        Licence = "unknown (custom checkpoint)",
        Classes = 3,
        Parameters = 10,
        Exporter = "0.1.0",
        Source = new WeightsSource(File: "x.pth"),
        Model = new FileDigest("model.onnx", 7, new string('a', 64)),
        Labels = new FileDigest("labels.csv", 7, new string('b', 64)),
        Preprocessing = PreprocessingRecipe.ImageNet,
    };
}
