using Imaging.Tests;

namespace InferenceApi.Tests.Endpoints;

/// <summary>PNG files for requests, well-formed and hostile ones.</summary>
internal static class SmallPng
{
    private const byte Depth = 8, RgbColour = 2;

    /// <summary>A gradient; every size gives another picture.</summary>
    public static byte[] Rgb(int width, int height)
    {
        using var rows = new MemoryStream();
        for (int y = 0; y < height; y++)
        {
            rows.WriteByte(0);
            for (int x = 0; x < width; x++) rows.Write([(byte)(x * 255 / width), (byte)(y * 255 / height), (byte)(width + height)]);
        }

        return PngWriter.Write(width, height, Depth, RgbColour, rows.ToArray());
    }

    /// <summary>A header that announces more than the file holds.</summary>
    public static byte[] HeaderOnly(int width, int height) => PngWriter.Write(width, height, Depth, RgbColour, []);

    /// <summary>A small file of which the header, truthfully as far as it goes, promises 1 GB of zeros.</summary>
    public static byte[] Bomb() => PngWriter.Write(18_000, 18_000, Depth, RgbColour, new byte[64 * (1 + (18_000 * 3))]);
}
