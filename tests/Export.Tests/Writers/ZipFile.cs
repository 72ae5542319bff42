using System.IO.Compression;

namespace Export.Tests.Writers;

/// <summary>Writes zip archives in memory, right or wrong.</summary>
internal static class ZipFile
{
    public static byte[] Write(params (string Name, byte[] Content)[] entries) => Write(CompressionLevel.NoCompression, entries);

    public static byte[] Write(CompressionLevel compression, params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, compression).Open();
                entry.Write(content);
            }
        }

        return file.ToArray();
    }
}
