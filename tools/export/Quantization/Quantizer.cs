using Export.Onnx;
using Export.Runtime;

namespace Export.Quantization;

/// <summary>
/// From a float32 network to one in bytes, by pictures alone, without training: the ranges of the values are measured, the weights are
/// rounded so that their errors compensate each other. The same pictures give the same bytes.
/// </summary>
internal sealed class Quantizer
{
    private readonly OnnxGraph _graph;
    private readonly QuantizationPoints _points;

    /// <param name="graph">The float32 graph.</param>
    public Quantizer(OnnxGraph graph) => (_graph, _points) = (graph, new QuantizationPoints(graph));

    /// <summary>The float32 graph with all values that calibration measures as outputs.</summary>
    public OnnxGraph Probed => _graph with { Probes = _points.Probes };

    /// <summary>Runs of the network that so many pictures take.</summary>
    public int Runs(int pictures) => CalibrationRun.Runs(_points, pictures);

    /// <summary>Calibrates and builds.</summary>
    /// <param name="network">The written <see cref="Probed"/>.</param>
    /// <param name="input">The scale of the input: all values that a prepared picture can have.</param>
    /// <param name="pictures">Prepared pictures, 3 × side × side values each.</param>
    /// <param name="progress">Gets one report for each run of a picture.</param>
    /// <param name="cancel">Checked between runs.</param>
    public OnnxGraph Quantize(
        NetworkSession network, ActivationScale input, IReadOnlyList<float[]> pictures, Action progress, CancellationToken cancel)
    {
        CalibrationRun run = new(network, _points, pictures, progress, cancel);
        Dictionary<string, ActivationScale> scales = run.Ranges();
        scales.Add(_graph.Input.Name, input);
        return QuantizedGraph.Build(_graph, _points, scales, run.Weights());
    }
}
