namespace ModelStore;

/// <summary>Compares an installed model's files with its manifest. Nothing opens a file of the store before this has passed.</summary>
public static class ModelFileVerifier
{
    /// <summary>Length and SHA-256 of the network and the labels.</summary>
    /// <exception cref="ModelStoreException">A file is missing or differs; the message says expected and actual.</exception>
    public static void Verify(InstalledModel model, IProgress<long>? progress = null)
    {
        Verify(model.LabelsPath, model.Manifest.Labels, null);
        Verify(model.ModelPath, model.Manifest.Model, progress);
    }

    private static void Verify(string path, FileDigest expected, IProgress<long>? progress)
    {
        try
        {
            FileInfo file = new(path);
            if (file.LinkTarget is not null) throw new ModelStoreException(
                $"{path}: is a symbolic link; the store serves files of its own only.")
            { Fault = StoreFault.Link };
            long length = file.Length;
            if (length != expected.Bytes)
                throw new ModelStoreException(
                    $"{path}: has {length} bytes; its manifest says {expected.Bytes}.")
                { Fault = StoreFault.Differs };
            FileDigest actual = FileDigest.Of(path, expected.File, progress);
            if (actual.Sha256 != expected.Sha256)
                throw new ModelStoreException(
                    $"{path}: has SHA-256 {actual.Sha256}; its manifest says {expected.Sha256}.")
                { Fault = StoreFault.Differs };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{path}: cannot be read: {failure.Message}", failure) { Fault = StoreFault.Unreadable };
        }
    }
}
