using System.Runtime.InteropServices;
using Export.Tests.Writers;

namespace Export.Tests.Checkpoints;

/// <summary>One small state dictionary in all three formats.</summary>
internal static class SampleFiles
{
    public static float[] First { get; } = [1.5f, -2f, float.Epsilon, 3e38f, 0.1f, -0f];

    public static float[] Second { get; } = [7f, 8f];

    /// <summary>Keys sort the other way round than the tensors, as in real files, where they are addresses.</summary>
    public static SavedTensor[] Tensors { get; } =
    [
        new("conv.weight", "9", 6, [3, 2]),
        new("conv.bias", "10", 2, [2]),
        new("bn.num_batches_tracked", "11", 1, []) { StorageClass = "LongStorage" },
    ];

    public static byte[] Legacy() => Legacy(Tensors);

    public static byte[] Legacy(IReadOnlyList<SavedTensor> tensors, string? wrapper = null) =>
        LegacyFile.Write(
            StatePickle.Write(tensors, legacy: true, wrapper), [("10", 2, Bytes(Second)), ("11", 1, new byte[8]), ("9", 6, Bytes(First))]);

    public static byte[] Zip() => Zip(StatePickle.Write(Tensors, legacy: false));

    public static byte[] Zip(byte[] pickle, params (string Name, byte[] Content)[] more) => ZipFile.Write(
    [
        ("archive/data.pkl", pickle), ("archive/data/10", Bytes(Second)), ("archive/data/11", new byte[8]),
        ("archive/data/9", Bytes(First)),
        ("archive/version", "3\n"u8.ToArray()), .. more,
    ]);

    public static byte[] Safetensors() => SafetensorsFile.Write(
        "{\"__metadata__\":{\"format\":\"pt\"}," +
        SafetensorsFile.Entry("bn.num_batches_tracked", "I64", "[]", 0, 8) + "," +
        SafetensorsFile.Entry("conv.weight", "F32", "[3,2]", 16, 40) + "," +
        SafetensorsFile.Entry("conv.bias", "F32", "[2]", 8, 16) + "}",
        [.. new byte[8], .. Bytes(Second), .. Bytes(First)]);

    public static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}
