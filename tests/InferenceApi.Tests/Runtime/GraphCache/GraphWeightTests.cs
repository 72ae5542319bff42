using InferenceApi.Runtime.GraphCache;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace InferenceApi.Tests.Runtime.GraphCache;

/// <summary>Messages are written by hand: field numbers are those of onnx.proto3.</summary>
public sealed class GraphWeightTests
{
    [Theory]
    [InlineData(1, 4, TensorElementType.Float)]
    [InlineData(10, 2, TensorElementType.Float16)]
    public void WeightBesideTheGraph_IsFound(int type, int size, TensorElementType expected)
    {
        byte[] model =
            Model(Tensor(type, [2, 3], External("location", "w.bin"), External("offset", "128"), External("length", $"{6 * size}")));

        GraphWeight weight = Assert.Single(GraphWeight.FindIn(model));

        Assert.Equal(("w", expected, "w.bin", 128L, 6L * size), (weight.Name, weight.Type, weight.Location, weight.Offset, weight.Bytes));
        Assert.Equal([2, 3], weight.Shape);
    }

    [Fact]
    public void WithoutOffsetAndLength_ItIsTheWholeFile()
    {
        GraphWeight weight = Assert.Single(GraphWeight.FindIn(Model(Tensor(1, [5], External("location", "w.bin")))));

        Assert.Equal((0, 20), (weight.Offset, weight.Bytes));
    }

    [Fact]
    public void WeightInsideTheGraph_OrOfAnotherType_IsLeftAlone()
    {
        byte[] inside = Tensor(1, [1], Field(9, new byte[4]));
        byte[] numbers = Tensor(7, [4], External("location", "w.bin"));

        Assert.Empty(GraphWeight.FindIn(Model(inside, numbers)));
    }

    [Theory]
    [InlineData("length", "23")]
    [InlineData("length", "-24")]
    [InlineData("length", "99999999999999999999999")]
    [InlineData("offset", "-1")]
    [InlineData("offset", "one")]
    public void NumbersThatCannotBe_AreRefused(string key, string value) =>
        Assert.Throws<InvalidDataException>(
            () => GraphWeight.FindIn(Model(Tensor(1, [2, 3], External("location", "w.bin"), External(key, value)))));

    [Theory]
    [InlineData(0, 3)]
    [InlineData(long.MaxValue, 2)]
    [InlineData(-1, 3)]
    public void ShapesThatCannotBe_AreRefused(long rows, long columns) =>
        Assert.Throws<InvalidDataException>(() => GraphWeight.FindIn(Model(Tensor(1, [rows, columns], External("location", "w.bin")))));

    [Fact]
    public void DamagedModels_AreRefusedOrRead_AndNothingElse()
    {
        byte[] good = Model(Tensor(1, [2, 3], External("location", "w.bin"), External("offset", "128"), External("length", "24")));
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bad = good[..random.Next(1, good.Length + 1)];
            for (int change = random.Next(4); change >= 0; change--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            try
            {
                GraphWeight.FindIn(bad);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 5_000, 20_000);
    }

    private static byte[] Model(params byte[][] tensors) =>
        [.. Field(2, "test"u8.ToArray()), .. Field(7, [.. tensors.SelectMany(tensor => Field(5, tensor))])];

    private static byte[] Tensor(int type, long[] shape, params byte[][] rest) =>
        [.. shape.SelectMany(side => (byte[])[8, .. Varint((ulong)side)]), 16, (byte)type, .. Field(8, "w"u8.ToArray()),
            .. rest.SelectMany(each => each)];

    private static byte[] External(string key, string value) =>
        Field(13, [.. Field(1, System.Text.Encoding.ASCII.GetBytes(key)), .. Field(2, System.Text.Encoding.ASCII.GetBytes(value))]);

    private static byte[] Field(int number, byte[] content) => [(byte)((number << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
