using ModelStore;

namespace TestKit;

/// <summary>Installs made-up models whose manifests are right.</summary>
internal static class InstalledModels
{
    /// <summary>Installs the next version of a model of this network.</summary>
    public static InstalledModel Install(this StoreFolder store, string name, byte[] network, int crop, int classes)
    {
        using ModelInstallation installation = store.Begin(name);
        File.WriteAllBytes(installation.PathOf("model.onnx"), network);
        LabelSet.Numbered(classes).Save(installation.PathOf("labels.csv"));
        return installation.Commit(version => new ModelManifest
        {
            Name = name,
            Version = version,
            Architecture = "resnet50",
            Origin = ModelOrigin.Synthetic,
            Licence = "none",
            Classes = classes,
            Parameters = 1,
            Exporter = "test",
            Source = new WeightsSource(Seed: 1),
            Model = FileDigest.Of(installation.PathOf("model.onnx"), "model.onnx"),
            Labels = FileDigest.Of(installation.PathOf("labels.csv"), "labels.csv"),
            Preprocessing = PreprocessingRecipe.ImageNet with { Crop = crop },
        });
    }
}
