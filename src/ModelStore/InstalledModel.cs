namespace ModelStore;

/// <summary>One version of a model as it lies in the store.</summary>
/// <param name="Manifest">What manifest.json says.</param>
/// <param name="Folder">The version's folder.</param>
public sealed record InstalledModel(ModelManifest Manifest, string Folder)
{
    public string ModelPath => Path.Combine(Folder, Manifest.Model.File);

    public string LabelsPath => Path.Combine(Folder, Manifest.Labels.File);
}
