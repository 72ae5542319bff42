using Export.Onnx;
using Export.Runtime;

namespace Export.Quantization;

/// <summary>Runs the float32 network on the calibration pictures and gathers what the bytes must be able to hold.</summary>
/// <param name="network">The float32 file, with the points' probes as outputs.</param>
/// <param name="points">Of the same network.</param>
/// <param name="pictures">Prepared pictures, 3 × side × side values each.</param>
/// <param name="progress">Gets one report for each run of a picture.</param>
/// <param name="cancel">Checked between runs.</param>
internal sealed class CalibrationRun(
    NetworkSession network, QuantizationPoints points, IReadOnlyList<float[]> pictures, Action progress, CancellationToken cancel)
{
    /// <summary>Pictures that the rounding of weights learns from; with more of them nothing improves.</summary>
    private const int RoundingPictures = 24;

    /// <summary>Least memory for moments; a network whose moments need more is calibrated in several passes.</summary>
    private const long LeastMomentBytes = 64 << 20;

    /// <summary>Memory for moments as a part of the weights': 1 / 4.</summary>
    private const int WeightsPerMoments = 4;

    private const int Seed = 0;

    /// <summary>Runs that calibration takes.</summary>
    public static int Runs(QuantizationPoints points, int pictures) =>
        (2 * pictures) + (Passes(points).Count() * Math.Min(pictures, RoundingPictures));

    /// <summary>The scale of every measured value.</summary>
    public Dictionary<string, ActivationScale> Ranges()
    {
        ActivationHistogram[] histograms = [.. points.Measured.Select(_ => new ActivationHistogram())];
        foreach (float[] picture in pictures) See(picture, points.Measured, (index, values) => histograms[index].Widen(values));
        foreach (float[] picture in pictures) See(picture, points.Measured, (index, values) => histograms[index].Count(values));
        return points.Measured.Zip(histograms).ToDictionary(pair => pair.First, pair => RangeSearch.Choose(pair.Second));
    }

    /// <summary>The rounded weights of every layer, by the layer's name.</summary>
    public Dictionary<string, RoundedWeights> Weights()
    {
        Dictionary<string, RoundedWeights> rounded = [];
        foreach (IReadOnlyList<OnnxNode> layers in Passes(points))
        {
            InputMoments[] moments = [.. layers.Select(layer => new InputMoments(points.Shape(layer)))];
            string[] inputs = [.. layers.Select(layer => layer.Inputs[0]).Distinct()];
            Gather(layers, inputs, moments);
            foreach ((OnnxNode layer, InputMoments seen) in layers.Zip(moments))
            {
                cancel.ThrowIfCancellationRequested();
                rounded.Add(layer.Name, CompensatedRounding.Round(points.Weights(layer).ReadSingles(), points.Shape(layer), seen));
            }
        }

        return rounded;
    }

    private void Gather(IReadOnlyList<OnnxNode> layers, string[] inputs, InputMoments[] moments)
    {
        Random random = new(Seed);
        ILookup<string, InputMoments> readers = layers.Zip(moments).ToLookup(pair => pair.First.Inputs[0], pair => pair.Second);
        foreach (float[] picture in pictures.Take(RoundingPictures))
        {
            See(picture, inputs, (index, values) =>
            {
                foreach (InputMoments reader in readers[inputs[index]]) reader.Add(values, random);
            });
        }
    }

    private void See(float[] picture, IReadOnlyList<string> values, SeeValue see)
    {
        cancel.ThrowIfCancellationRequested();
        int first = 0;
        if (values.Count > 0 && points.IsInput(values[0]))
        {
            see(0, picture);
            first = 1;
        }

        network.Run(picture, 1, [.. values.Skip(first)], (index, numbers) => see(index + first, numbers));
        progress();
    }

    /// <summary>The layers in order, in passes whose moments fit into the memory for them; a layer alone always may.</summary>
    private static IEnumerable<IReadOnlyList<OnnxNode>> Passes(QuantizationPoints points)
    {
        List<OnnxNode> pass = [];
        long bytes = 0, most = Math.Max(LeastMomentBytes, points.Layers.Sum(layer => points.Weights(layer).Bytes) / WeightsPerMoments);
        foreach (OnnxNode layer in points.Layers)
        {
            long more = InputMoments.BytesOf(points.Shape(layer));
            if (pass.Count > 0 && bytes + more > most)
            {
                yield return pass;
                (pass, bytes) = ([], 0);
            }

            pass.Add(layer);
            bytes += more;
        }

        yield return pass;
    }
}
