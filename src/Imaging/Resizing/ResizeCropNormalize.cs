using System.Buffers;
using System.Diagnostics;
using Imaging.Decoding;

namespace Imaging.Resizing;

/// <summary>
/// Resize, centre crop and normalise in one pass over the rows as they are decoded: each source row that the crop needs is resized
/// horizontally into a ring of byte rows, and every output row is finished as soon as its last source row has come. Nothing larger than
/// the ring (at most 2 × ⌈height / 256⌉ + 1 rows of 3 × crop bytes) is held, whatever the shape.
/// </summary>
internal static unsafe class ResizeCropNormalize
{
    /// <param name="rows">The source; read to its last row even where the crop ends earlier, because only then is truncation known.</param>
    /// <param name="allowed">The time it may take; looked at before each strip.</param>
    /// <param name="plan">Weights for the source's size.</param>
    /// <param name="table">Normalisation of the recipe.</param>
    /// <param name="tensor">Receives 3 × crop × crop floats, planes R, G, B.</param>
    /// <param name="bytes">Empty, or receives the same values before normalising, as bytes.</param>
    /// <returns>Stopwatch ticks spent in the decoder.</returns>
    /// <exception cref="InvalidImageException">The source is damaged, or took too long.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    public static long Run(
        RgbRows rows, DecodeTime allowed, ResizePlan plan, NormalizationTable table, Span<float> tensor, Span<byte> bytes)
    {
        int rowLength = 3 * plan.Crop, ringRows = plan.Vertical.MaxTaps;
        byte[] ring = ArrayPool<byte>.Shared.Rent((ringRows + 1) * rowLength);
        try
        {
            fixed (byte* ringStart = ring)
            {
                Band band = new(plan, table, ringStart);
                return band.Run(rows, allowed, tensor, bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ring);
        }
    }

    /// <summary>State of one image's way through the two passes; the row after the ring's last is the output row being made.</summary>
    private ref struct Band(ResizePlan plan, NormalizationTable table, byte* ring)
    {
        private readonly int _rowLength = 3 * plan.Crop;
        private int _output;

        public long Run(RgbRows rows, DecodeTime allowed, Span<float> tensor, Span<byte> bytes)
        {
            ResizeWeights vertical = plan.Vertical;
            int start = vertical.InputStart, end = vertical.InputEnd;
            long decoding = 0;
            for (int y = 0; y < rows.Height;)
            {
                long before = Stopwatch.GetTimestamp();
                allowed.Check();
                RgbStrip strip = rows.Next();
                decoding += Stopwatch.GetTimestamp() - before;
                for (int i = 0; i < strip.Count; i++, y++)
                {
                    if (y < start || y >= end) continue;
                    plan.HorizontalPass.Row(strip.Row(i), RingRow(y));
                    FinishRows(y, tensor, bytes);
                }
            }

            return decoding;
        }

        private readonly byte* RingRow(int y) => ring + (y % plan.Vertical.MaxTaps * _rowLength);

        /// <summary>Makes every output row whose last source row is <paramref name="y"/>; when upscaling these are several.</summary>
        private void FinishRows(int y, Span<float> tensor, Span<byte> bytes)
        {
            ResizeWeights vertical = plan.Vertical;
            byte* output = ring + (vertical.MaxTaps * _rowLength);
            byte** sources = stackalloc byte*[vertical.MaxTaps];
            for (; _output < plan.Crop; _output++)
            {
                ReadOnlySpan<int> weights = vertical.Weights(_output);
                int first = vertical.First(_output);
                if (first + weights.Length - 1 > y) return;
                for (int i = 0; i < weights.Length; i++) sources[i] = RingRow(first + i);
                VerticalPass.Row(sources, weights, output, _rowLength);
                Store(output, tensor, bytes);
            }
        }

        private readonly void Store(byte* output, Span<float> tensor, Span<byte> bytes)
        {
            int crop = plan.Crop, plane = crop * crop;
            for (int channel = 0; channel < 3; channel++)
            {
                ReadOnlySpan<byte> row = new(output + (channel * crop), crop);
                int at = (channel * plane) + (_output * crop);
                table.Row(channel, row, tensor[at..]);
                if (!bytes.IsEmpty) row.CopyTo(bytes[at..]);
            }
        }
    }
}
