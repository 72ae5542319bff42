using System.Runtime.InteropServices;
using Export.Checkpoints;
using Export.Tests.Writers;
using TestKit;

namespace Export.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<CheckpointFormat> Formats => [CheckpointFormat.Legacy, CheckpointFormat.Zip, CheckpointFormat.Safetensors];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Open_SameTensorsInAnyFormat_GivesSameNamesShapesAndBits(CheckpointFormat format)
    {
        using Checkpoint checkpoint = Open(Sample(format));

        Assert.Equal(format, checkpoint.Format);
        Assert.Equal(["bn.num_batches_tracked", "conv.bias", "conv.weight"],
            checkpoint.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        Assert.Equal(3, checkpoint.Find("conv.weight")?.Shape[0]);
        Assert.Equal([], checkpoint.Find("bn.num_batches_tracked")?.Shape ?? [1]);
        Assert.Equal(Bits(SampleFiles.First), Bits(Read(checkpoint, "conv.weight")));
        Assert.Equal(Bits(SampleFiles.Second), Bits(Read(checkpoint, "conv.bias")));
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    public void Open_WrappedStateDictionary_IsUnwrapped(string wrapper)
    {
        using Checkpoint checkpoint = Open(SampleFiles.Legacy(SampleFiles.Tensors, wrapper));
        Assert.Equal(["conv.weight", "conv.bias", "bn.num_batches_tracked"], checkpoint.Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public void Open_NamesThatAllBeginWithModule_LoseThePrefix()
    {
        SavedTensor[] prefixed = [.. SampleFiles.Tensors.Select(tensor => tensor with { Name = "module." + tensor.Name })];
        using Checkpoint checkpoint = Open(SampleFiles.Legacy(prefixed));
        Assert.NotNull(checkpoint.Find("conv.weight"));
    }

    [Fact]
    public void Open_DisjointViewsOfOneStorage_AreRead()
    {
        SavedTensor[] views = [new("a", "0", 6, [4]), new("b", "0", 6, [2]) { Offset = 4 }];
        using Checkpoint checkpoint =
            Open(LegacyFile.Write(StatePickle.Write(views, legacy: true), [("0", 6, SampleFiles.Bytes([1, 2, 3, 4, 5, 6]))]));
        Assert.Equal([1f, 2f, 3f, 4f], Read(checkpoint, "a"));
        Assert.Equal([5f, 6f], Read(checkpoint, "b"));
    }

    [Fact]
    public void Read_ChannelsLastTensor_ComesInRowMajorOrder()
    {
        SavedTensor[] tensors = [new("a", "0", 12, [1, 3, 2, 2]) { Stride = [99, 1, 6, 3] }];
        float[] stored = [.. Enumerable.Range(0, 12).Select(index => (float)index)];
        using Checkpoint checkpoint =
            Open(LegacyFile.Write(StatePickle.Write(tensors, legacy: true), [("0", 12, SampleFiles.Bytes(stored))]));
        Assert.Equal([0f, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11], Read(checkpoint, "a"));
    }

    [Theory]
    [InlineData("HalfStorage", 2)]
    [InlineData("DoubleStorage", 8)]
    [InlineData("BFloat16Storage", 2)]
    public void Read_OtherFloatingPointTypes_AreConverted(string storage, int size)
    {
        float[] values = [1.5f, -2f, 0.25f];
        byte[] bytes = storage switch
        {
            "HalfStorage" => MemoryMarshal.AsBytes<Half>([.. values.Select(value => (Half)value)]).ToArray(),
            "DoubleStorage" => MemoryMarshal.AsBytes<double>([.. values.Select(value => (double)value)]).ToArray(),
            _ => MemoryMarshal.AsBytes<ushort>(
                [.. values.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))]).ToArray(),
        };
        Assert.Equal(3 * size, bytes.Length);
        SavedTensor[] tensors = [new("a", "0", 3, [3]) { StorageClass = storage }];
        using Checkpoint checkpoint = Open(LegacyFile.Write(StatePickle.Write(tensors, legacy: true), [("0", 3, bytes)]));
        Assert.Equal(values, Read(checkpoint, "a"));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Open_TruncatedAtEveryFiftieth_IsRefused(CheckpointFormat format)
    {
        byte[] whole = Sample(format);
        for (int part = 0; part < 50; part++)
        {
            byte[] cut = whole[..(whole.Length * part / 50)];
            CheckpointException refused = Assert.Throws<CheckpointException>(() => Open(cut));
            Assert.Contains("sample.pth", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Open_EveryByteDamagedInTurn_IsReadOrRefusedAndNothingElse(CheckpointFormat format)
    {
        byte[] bytes = Sample(format);
        int refused = 0;
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte flip in new byte[] { 0xff, 0x01, 0x80 })
            {
                bytes[at] ^= flip;
                try
                {
                    Open(bytes).Dispose();
                }
                catch (CheckpointException)
                {
                    refused++;
                }

                bytes[at] ^= flip;
            }
        }

        Assert.True(refused > bytes.Length / 3, $"{refused} of {3 * bytes.Length} damages noticed");
    }

    private static byte[] Sample(CheckpointFormat format) => format switch
    {
        CheckpointFormat.Legacy => SampleFiles.Legacy(),
        CheckpointFormat.Zip => SampleFiles.Zip(),
        _ => SampleFiles.Safetensors(),
    };

    private Checkpoint Open(byte[] bytes)
    {
        string path = _folder.File("sample.pth");
        File.WriteAllBytes(path, bytes);
        return Checkpoint.Open(path);
    }

    private static float[] Read(Checkpoint checkpoint, string name)
    {
        CheckpointTensor tensor = checkpoint.Find(name) ?? throw new InvalidOperationException(name);
        float[] values = new float[tensor.Count];
        checkpoint.Read(tensor, 0, values);
        return values;
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
