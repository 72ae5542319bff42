using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelStore;

namespace InferenceApi.Runtime;

/// <summary>The one input and the one output of a classifier, checked against its manifest.</summary>
/// <param name="InputName">Float [batch, 3, crop, crop].</param>
/// <param name="OutputName">Float [batch, classes].</param>
internal sealed record NetworkContract(string InputName, string OutputName)
{
    /// <exception cref="ModelStoreException">The network has other inputs or outputs.</exception>
    public static NetworkContract Of(InferenceSession session, InstalledModel model, int? batch = null)
    {
        (string path, int crop) = (model.ModelPath, model.Manifest.Preprocessing.Crop);
        (string inputName, NodeMetadata input) = Single(session.InputMetadata, path, "input");
        (string outputName, NodeMetadata output) = Single(session.OutputMetadata, path, "output");
        Require(path, "input", input, batch, [3, crop, crop]);
        Require(path, "output", output, batch, [model.Manifest.Classes]);
        return new NetworkContract(inputName, outputName);
    }

    private static (string Name, NodeMetadata Node) Single(IReadOnlyDictionary<string, NodeMetadata> nodes, string path, string what)
    {
        if (nodes.Count != 1)
            throw new ModelStoreException($"{path}: has {nodes.Count} {what}s; a classifier has one.") { Fault = StoreFault.Network };
        (string name, NodeMetadata node) = nodes.First();
        return (name, node);
    }

    /// <summary>Float tensor of [batch, rest…]; a dimension the graph leaves open (−1) fits everything.</summary>
    private static void Require(string path, string what, NodeMetadata node, int? batch, int[] rest)
    {
        bool fits = node.IsTensor && node.ElementDataType == TensorElementType.Float && node.Dimensions.Length == rest.Length + 1
            && (node.Dimensions[0] < 0 || node.Dimensions[0] == batch);
        for (int i = 0; fits && i < rest.Length; i++) fits = node.Dimensions[i + 1] < 0 || node.Dimensions[i + 1] == rest[i];
        if (fits) return;
        string shape = node.IsTensor ? $"{node.ElementDataType}[{string.Join(", ", node.Dimensions)}]" : node.OnnxValueType.ToString();
        throw new ModelStoreException(
            $"{path}: its {what} is {shape}; expected Float[batch, {string.Join(", ", rest)}].")
        { Fault = StoreFault.Network };
    }
}
