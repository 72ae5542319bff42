namespace Export.Checkpoints;

/// <summary>One stored entry of a zip archive.</summary>
/// <param name="Name">Path inside the archive, checked to be a plain relative one.</param>
/// <param name="Position">Offset of its first byte in the file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Crc32">Of its content, by the central directory.</param>
internal sealed record ZipEntry(string Name, long Position, long Bytes, uint Crc32);
