using System.Text;

namespace TestKit;

/// <summary>
/// A whole network in a few hundred bytes, so that tests of ONNX Runtime need no weights: mean of each channel, then logit c = Σ weight[c]
/// · mean + bias[c]. Field numbers are those of onnx.proto3.
/// </summary>
internal static class TinyOnnx
{
    private const int Float = 1;

    /// <summary>Logits of an image by the definition above.</summary>
    public static float[] Expected(ReadOnlySpan<float> image, int crop, int classes)
    {
        float[] means = new float[3];
        for (int channel = 0; channel < 3; channel++)
        {
            double sum = 0;
            foreach (float value in image.Slice(channel * crop * crop, crop * crop)) sum += value;
            means[channel] = (float)(sum / (crop * crop));
        }

        return [.. Enumerable.Range(0, classes)
            .Select(c => Bias(c) + Enumerable.Range(0, 3).Sum(channel => Weight(c, channel) * means[channel]))];
    }

    /// <param name="crop">Height and width of the input.</param>
    /// <param name="classes">Logits.</param>
    /// <param name="batch">Null for a dynamic one.</param>
    public static byte[] Create(int crop, int classes, int? batch = null)
    {
        byte[] graph = Message(
            Bytes(1, Node("GlobalAveragePool", ["input"], "pooled")),
            Bytes(1, Node("Flatten", ["pooled"], "flat")),
            Bytes(1, Node("Gemm", ["flat", "weight", "bias"], "logits")),
            Text(2, "tiny"),
            Bytes(5, Tensor("weight", [3, classes], Enumerable.Range(0, 3 * classes).Select(i => Weight(i % classes, i / classes)))),
            Bytes(5, Tensor("bias", [classes], Enumerable.Range(0, classes).Select(Bias))),
            Bytes(11, ValueOf("input", batch, [3, crop, crop])),
            Bytes(12, ValueOf("logits", batch, [classes])));
        byte[] opset = Message(Text(1, ""), Number(2, 17));
        return Message(Number(1, 8), Text(2, "test"), Bytes(7, graph), Bytes(8, opset));
    }

    private static float Weight(int index, int channel) => (index + 1) * (channel + 1) / 4f;

    private static float Bias(int index) => -index / 2f;

    private static byte[] Node(string type, string[] inputs, string output) =>
        Message([.. inputs.Select(input => Text(1, input)), Text(2, output), Text(4, type)]);

    private static byte[] Tensor(string name, int[] shape, IEnumerable<float> values) =>
        Message([.. shape.Select(side => Number(1, side)), Number(2, Float), Text(8, name),
            Bytes(9, [.. values.SelectMany(BitConverter.GetBytes)])]);

    private static byte[] ValueOf(string name, int? batch, int[] rest)
    {
        byte[] first = batch is { } size ? Number(1, size) : Text(2, "batch");
        byte[] shape = Message([Bytes(1, first), .. rest.Select(side => Bytes(1, Number(1, side)))]);
        byte[] tensor = Message(Number(1, Float), Bytes(2, shape));
        return Message(Text(1, name), Bytes(2, Bytes(1, tensor)));
    }

    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((field << 3) | 2), .. Varint(value.Length), .. value];

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value > 127; value >>= 7) yield return (byte)(value | 128);
        yield return (byte)value;
    }
}
