using System.Globalization;
using Export.Architectures;
using Export.Checkpoints;

namespace Export.Weights;

/// <summary>Recognises the ResNet of a checkpoint by the names and shapes of its tensors.</summary>
public static class ResNetRecognition
{
    /// <summary>More blocks than any stage has (36 in ResNet-152), so that a name such as "layer1.999999999" costs nothing.</summary>
    private const int MaxBlocks = 99;

    /// <summary>Widest and most grouped networks accepted; ResNeXt-101 32x48d and wide ResNets are far below.</summary>
    private const int MaxGroups = 999, MaxWidthPerGroup = 999;

    /// <summary>The architecture whose tensors these are, exactly.</summary>
    /// <exception cref="WeightsException">None; names the first tensor that differs, what was expected and what was found.</exception>
    public static ResNetArchitecture Recognise(Checkpoint checkpoint)
    {
        try
        {
            Dictionary<string, CheckpointTensor> tensors = checkpoint.Tensors
                .Where(tensor => !tensor.Name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
                .ToDictionary(tensor => tensor.Name);
            ResNetArchitecture architecture = Guess(tensors);
            Compare(architecture, tensors, checkpoint.Tensors);
            return architecture;
        }
        catch (WeightsException exception)
        {
            throw new WeightsException($"{checkpoint.Path}: {exception.Message}", exception);
        }
    }

    private static ResNetArchitecture Guess(Dictionary<string, CheckpointTensor> tensors)
    {
        IReadOnlyList<int> last = Sizes(tensors, "fc.weight", 2, "[classes, 512 or 2048]");
        IReadOnlyList<int> first = Sizes(tensors, "layer1.0.conv1.weight", 4, "[width, 64, 1 or 3, 1 or 3]");
        IReadOnlyList<int> second = Sizes(tensors, "layer1.0.conv2.weight", 4, "[width, width / groups, 3, 3]");

        // One damaged block must not make a bottleneck network look like a basic one: any third convolution decides.
        bool bottleneck = tensors.Keys.Any(
            name => name.StartsWith("layer", StringComparison.Ordinal) && name.EndsWith(".conv3.weight", StringComparison.Ordinal));
        int[] blocks = [.. Enumerable.Range(1, 4).Select(stage => CountBlocks(tensors.Keys, stage))];
        if (!bottleneck) return new ResNetArchitecture(false, blocks, 1, 64, last[0]);

        int width = second[0], groups = width % second[1] == 0 ? width / second[1] : 1;
        if (groups is < 1 or > MaxGroups || width / groups > MaxWidthPerGroup)
            throw new WeightsException(
                $"tensor 'layer1.0.conv2.weight' is [{string.Join(", ", second)}], expected [width, width / groups, 3, 3]; " +
                $"conv1 is [{string.Join(", ", first)}].");
        return new ResNetArchitecture(true, blocks, groups, width / groups, last[0]);
    }

    private static IReadOnlyList<int> Sizes(Dictionary<string, CheckpointTensor> tensors, string name, int rank, string expected)
    {
        if (!tensors.TryGetValue(name, out CheckpointTensor? tensor))
            throw new WeightsException($"this is not a torchvision-style ResNet: tensor '{name}' is missing, expected {expected}.");
        return tensor.Shape.Count == rank
            ? tensor.Shape
            : throw new WeightsException($"tensor '{name}' is {Shown(tensor)}, expected {expected}.");
    }

    private static int CountBlocks(IEnumerable<string> names, int stage)
    {
        string prefix = $"layer{stage}.";
        int highest = 0;
        foreach (string name in names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string index = name[prefix.Length..].Split('.')[0];
            if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int block) || block >= MaxBlocks)
                throw new WeightsException($"tensor '{PickleGlobals.Printable(name)}' does not belong to a ResNet.");
            highest = Math.Max(highest, block);
        }

        return highest + 1;
    }

    private static void Compare(
        ResNetArchitecture architecture, Dictionary<string, CheckpointTensor> tensors, IReadOnlyList<CheckpointTensor> inFileOrder)
    {
        HashSet<string> expectedNames = [];
        foreach (TensorShape expected in architecture.Tensors)
        {
            expectedNames.Add(expected.Name);
            if (!tensors.TryGetValue(expected.Name, out CheckpointTensor? found))
                throw new WeightsException(
                    $"looks like {architecture.Name}, but tensor '{expected.Name}' is missing, " +
                    $"expected {expected}{Nearest(expected, tensors)}.");
            if (!found.Shape.SequenceEqual(expected.Sizes))
                throw new WeightsException(
                    $"looks like {architecture.Name}, but tensor '{expected.Name}' is {Shown(found)}, expected {expected}.");
            if (!ElementTypes.IsFloat(found.Type))
                throw new WeightsException($"tensor '{expected.Name}' is {found.Type}, expected floating point.");
        }

        CheckpointTensor? extra = inFileOrder.FirstOrDefault(
            tensor => tensors.ContainsKey(tensor.Name) && !expectedNames.Contains(tensor.Name));
        if (extra is not null)
            throw new WeightsException(
                $"looks like {architecture.Name}, but tensor '{PickleGlobals.Printable(extra.Name)}' {Shown(extra)} " +
                "does not belong to it, expected nothing of that name.");
    }

    // A renamed tensor shows as a missing and an extra one of the same shape; saying so saves the reader a search.
    private static string Nearest(TensorShape missing, Dictionary<string, CheckpointTensor> tensors)
    {
        string ending = missing.Name[missing.Name.LastIndexOf('.')..];
        CheckpointTensor? alike = tensors.Values.FirstOrDefault(tensor =>
            tensor.Name.Contains(missing.Name, StringComparison.Ordinal) ||
            (tensor.Shape.SequenceEqual(missing.Sizes) && !tensor.Name.StartsWith("layer", StringComparison.Ordinal) &&
                tensor.Name.EndsWith(ending, StringComparison.Ordinal) &&
             tensor.Name is not ("conv1.weight" or "fc.weight") && !tensor.Name.StartsWith("bn1.", StringComparison.Ordinal)));
        return alike is null ? "" : $"; found '{PickleGlobals.Printable(alike.Name)}' {Shown(alike)} instead";
    }

    private static string Shown(CheckpointTensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";
}
