using System.Runtime.InteropServices;
using Export.Architectures;
using Export.Weights;

namespace Export.Tests.Writers;

/// <summary>Writes whole networks in the exact layout of the published files, streaming.</summary>
internal static class NetworkFile
{
    /// <summary>Heap addresses of the original files had 15 digits; storages are in the order of these keys, not of the tensors.</summary>
    private const long FirstAddress = 140_000_000_000_000;

    /// <summary>Tensors as they are described in the published files, keys in an order unlike the names'.</summary>
    public static SavedTensor[] Describe(IReadOnlyList<TensorShape> tensors) =>
    [
        .. tensors.Select((tensor, index) => new SavedTensor(
            tensor.Name, $"{FirstAddress + ((index * 7919L) % 100_003 * 64)}", tensor.Count, [.. tensor.Sizes.Select(size => (long)size)])),
    ];

    /// <summary>Writes the legacy layout; without weights the storages are holes of zeros, which take no disk.</summary>
    public static void WriteLegacy(
        string path, IReadOnlyList<TensorShape> tensors, WeightSource? weights = null, string prefix = "", string? wrapper = null)
    {
        SavedTensor[] described = Describe(tensors);
        SavedTensor[] named = [.. described.Select(tensor => tensor with { Name = prefix + tensor.Name })];
        SavedTensor[] inOrder = [.. described.OrderBy(tensor => tensor.Key, StringComparer.Ordinal)];
        using FileStream file = File.Create(path, 1 << 16);
        file.Write(LegacyFile.Header(StatePickle.Write(named, legacy: true, wrapper), inOrder.Select(tensor => tensor.Key)));
        foreach (SavedTensor tensor in inOrder)
        {
            file.Write(LegacyFile.Count(tensor.StorageCount));
            if (weights is null) file.SetLength(file.Position += tensor.StorageCount * 4);
            else Copy(weights, tensor, file);
        }
    }

    private static void Copy(WeightSource weights, SavedTensor tensor, FileStream file)
    {
        float[] buffer = new float[Math.Min(1 << 18, tensor.StorageCount)];
        for (long first = 0; first < tensor.StorageCount; first += buffer.Length)
        {
            Span<float> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.StorageCount - first));
            weights.Read(tensor.Name, first, piece);
            file.Write(MemoryMarshal.AsBytes(piece));
        }
    }
}
