using System.Text.Json;

namespace ModelStore;

/// <summary>Reads and writes manifest.json, and says which field is wrong.</summary>
internal static class ManifestFile
{
    public const string FileName = "manifest.json";

    // A manifest has about 1.5 KB; a megabyte is not one.
    private const long MaxBytes = 1 << 20;

    public static ModelManifest Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new ModelStoreException($"{path}: is larger than {MaxBytes} bytes.") { Fault = StoreFault.Manifest };
            ModelManifest manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), StoreJson.Default.ModelManifest)
                ?? throw new ModelStoreException($"{path}: is empty.") { Fault = StoreFault.Manifest };
            ManifestRules.Check(manifest, path);
            return manifest;
        }
        catch (JsonException failure)
        {
            throw new ModelStoreException(
                $"{path}: field {failure.Path ?? "$"}: {failure.Message}", failure)
            { Fault = StoreFault.Manifest };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{path}: cannot be read: {failure.Message}", failure) { Fault = StoreFault.Unreadable };
        }
    }

    public static void Write(string path, ModelManifest manifest)
    {
        ManifestRules.Check(manifest, path);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(manifest, StoreJson.Default.ModelManifest);
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(json);
        file.Write("\n"u8);
        file.Flush(flushToDisk: true);
    }
}
