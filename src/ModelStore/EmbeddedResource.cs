namespace ModelStore;

/// <summary>Files compiled into the assembly.</summary>
internal static class EmbeddedResource
{
    public static Stream Open(string name) =>
        typeof(EmbeddedResource).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The assembly lacks its resource {name}.");
}
