namespace ModelStore;

/// <summary>What a file of the store must be.</summary>
/// <param name="File">Name inside the version's folder, without any directory.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">SHA-256 of the content, 64 lower-case hexadecimal digits.</param>
public sealed record FileDigest(string File, long Bytes, string Sha256);
