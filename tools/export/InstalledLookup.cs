using Export.Onnx;
using ModelStore;

namespace Export;

/// <summary>Finds an installed model that satisfies a request, so that a second export does nothing.</summary>
internal static class InstalledLookup
{
    /// <summary>Decides without the checkpoint: a published or synthetic model of that name.</summary>
    public static InstalledModel? Find(StoreFolder store, ExportRequest request)
    {
        if (request.LabelsFile is not null || request.Checkpoint is not null ||
            Latest(store, request.Name, request.Precision) is not { } latest)
            return null;
        if (request.SyntheticSeed is null)
            return request.Entry is not null && latest.Manifest.Origin == ModelOrigin.Official ? latest : null;

        // Meaningless weights never push real ones aside unasked.
        return latest.Manifest.Origin != ModelOrigin.Synthetic || latest.Manifest.Source.Seed == request.SyntheticSeed ? latest : null;
    }

    /// <summary>The latest version if it was made from this very file.</summary>
    public static InstalledModel? FindSource(StoreFolder store, ExportRequest request, FileDigest digest) =>
        Latest(store, request.Name, request.Precision) is { } latest && latest.Manifest.Source.Sha256 == digest.Sha256 ? latest : null;

    // A damaged installation must not keep the user from exporting the model anew.
    private static InstalledModel? Latest(StoreFolder store, string name, Precision precision)
    {
        try
        {
            return store.Latest(name) is { } latest && latest.Manifest.Precision == ExportPlan.NameOf(precision) &&
                File.Exists(latest.ModelPath) && new FileInfo(latest.ModelPath).Length == latest.Manifest.Model.Bytes
                ? latest
                : null;
        }
        catch (ModelStoreException)
        {
            return null;
        }
    }
}
