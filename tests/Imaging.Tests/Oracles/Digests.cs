using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Imaging.Decoding;
using ModelStore;

namespace Imaging.Tests.Oracles;

/// <summary>What the preprocessor makes of a file, in the words of the oracle's table, so that both can be compared as text.</summary>
internal static class Digests
{
    private const int Samples = 3 * 224 * 224;

    /// <summary>"accepted" with the source's size and the SHA-256 of bytes and tensor, or "refused".</summary>
    public static string Of(ImagePreprocessor preprocessor, ReadOnlyMemory<byte> encoded)
    {
        byte[] bytes = new byte[Samples];
        try
        {
            using PreparedImage image = preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, bytes, out _);
            string tensor = Hex(MemoryMarshal.AsBytes(image.Memory.Span));
            return string.Join('\t', "accepted", image.SourceWidth, image.SourceHeight, Hex(bytes), tensor);
        }
        catch (InvalidImageException)
        {
            return "refused";
        }
    }

    /// <summary>The same fields of one line of the oracle, whose first field is the file's name; refusals lose their kind.</summary>
    public static (string Name, string Answer) OfOracle(string line)
    {
        string[] fields = line.Split('\t', 3);
        return (fields[0], fields[1] == "refused" ? "refused" : $"{fields[1]}\t{fields[2]}");
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
