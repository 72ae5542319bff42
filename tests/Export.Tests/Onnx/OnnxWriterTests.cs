using System.Security.Cryptography;
using Export.Architectures;
using Export.Conversion;
using Export.Onnx;
using Export.Weights;

namespace Export.Tests.Onnx;

public sealed class OnnxWriterTests
{
    [Fact]
    public void Write_Twice_GivesTheSameBytesOfTheAnnouncedLength()
    {
        byte[] first = Write(seed: 5), second = Write(seed: 5), other = Write(seed: 6);
        Assert.Equal(SHA256.HashData(first), SHA256.HashData(second));
        Assert.NotEqual(SHA256.HashData(first), SHA256.HashData(other));
    }

    [Fact]
    public void New_NetworkBeyondTwoGigabytes_IsRefusedBeforeAByteIsWritten()
    {
        OnnxTooLargeException refused = Assert.Throws<OnnxTooLargeException>(() => Writer("resnext101_32x48d", 1, classes: 1000));
        Assert.Contains("resnext101_32x48d would be an ONNX file of 3,31", refused.Message, StringComparison.Ordinal);
        Assert.InRange(Writer("resnext101_32x32d", 1, classes: 1000).Bytes, 1_872_935_840, 1_873_100_000);
    }

    private static byte[] Write(int seed)
    {
        using MemoryStream file = new();
        OnnxWriter writer = Writer("resnet_basic_1-1-1-1", seed);
        writer.Write(file);
        Assert.Equal(writer.Bytes, file.Length);
        return file.ToArray();
    }

    private static OnnxWriter Writer(string name, int seed, int classes = 10)
    {
        ResNetArchitecture architecture = ResNetNames.Find(name, classes)!;
        return new OnnxWriter(new OnnxFile(
            ResNetGraph.Build(architecture, new SyntheticWeights(architecture, seed), 224), "test", "1", [new("key", "value")]));
    }
}
