using System.Numerics;
using System.Runtime.InteropServices;
using Export.Architectures;
using Export.Weights;

namespace Export.Conversion;

/// <summary>
/// Folds a batch normalisation into the convolution before it: s = γ / √(variance + ε), kernel · s, bias = β − mean · s. Computed in
/// double and rounded once, which is no less accurate than running the two layers one after the other in float32.
/// </summary>
public sealed class BatchNormFolding
{
    /// <summary>PyTorch's default epsilon of BatchNorm2d, which the whole family uses.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Elements read, folded and written at a time: 1 MB.</summary>
    private const int Piece = 1 << 18;

    private readonly WeightSource _weights;
    private readonly ConvolutionLayer _layer;

    public BatchNormFolding(WeightSource weights, ConvolutionLayer layer) => (_weights, _layer) = (weights, layer);

    /// <summary>Writes the folded kernel, [out, in / groups, height, width] as float32.</summary>
    /// <exception cref="WeightsException">A value is NaN, infinite, or a variance negative.</exception>
    public void WriteKernel(Stream destination)
    {
        double[] scales = Scales();
        int row = _layer.RowLength, rows = Math.Max(1, Piece / row);
        float[] buffer = new float[(int)Math.Min(rows, _layer.Out) * row];
        for (int channel = 0; channel < _layer.Out; channel += rows)
        {
            Span<float> piece = buffer.AsSpan(0, Math.Min(rows, _layer.Out - channel) * row);
            _weights.Read(_layer.Name + ".weight", (long)channel * row, piece);
            FiniteCheck.Require(_layer.Name + ".weight", piece, (long)channel * row);
            for (int index = 0; index < piece.Length; index += row) Scale(piece.Slice(index, row), scales[channel + (index / row)]);
            if (FiniteCheck.IndexOfNonFinite(piece) >= 0)
                throw new WeightsException($"folding '{_layer.Norm}' into '{_layer.Name}' exceeds the range of float32.");
            destination.Write(MemoryMarshal.AsBytes(piece));
        }
    }

    /// <summary>Writes the folded bias, [out] as float32.</summary>
    /// <exception cref="WeightsException">A value is NaN, infinite, or a variance negative.</exception>
    public void WriteBias(Stream destination)
    {
        double[] scales = Scales();
        float[] shift = Vector("bias"), mean = Vector("running_mean"), folded = new float[_layer.Out];
        for (int channel = 0; channel < folded.Length; channel++)
            folded[channel] = (float)(shift[channel] - (mean[channel] * scales[channel]));
        if (FiniteCheck.IndexOfNonFinite(folded) >= 0)
            throw new WeightsException($"folding '{_layer.Norm}' into '{_layer.Name}' exceeds the range of float32.");
        destination.Write(MemoryMarshal.AsBytes<float>(folded));
    }

    private double[] Scales()
    {
        float[] gamma = Vector("weight"), variance = Vector("running_var");
        double[] scales = new double[_layer.Out];
        for (int channel = 0; channel < scales.Length; channel++)
        {
            if (variance[channel] < 0)
                throw new WeightsException(
                    $"tensor '{_layer.Norm}.running_var' holds {variance[channel]} at element {channel}, expected no negative variance.");
            scales[channel] = gamma[channel] / Math.Sqrt(variance[channel] + Epsilon);
        }

        return scales;
    }

    private float[] Vector(string name)
    {
        string tensor = $"{_layer.Norm}.{name}";
        float[] values = _weights.ReadAll(tensor, _layer.Out);
        FiniteCheck.Require(tensor, values, 0);
        return values;
    }

    private static void Scale(Span<float> row, double scale)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        Vector<double> factor = new(scale);
        foreach (ref Vector<float> vector in vectors)
        {
            System.Numerics.Vector.Widen(vector, out Vector<double> low, out Vector<double> high);
            vector = System.Numerics.Vector.Narrow(low * factor, high * factor);
        }

        for (int index = vectors.Length * Vector<float>.Count; index < row.Length; index++) row[index] = (float)(row[index] * scale);
    }
}
