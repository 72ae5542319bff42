namespace Export.Onnx;

/// <summary>One operation.</summary>
/// <param name="Type">Operator of the default domain, for example "Conv".</param>
/// <param name="Name">Unique in the graph; shown by profilers.</param>
/// <param name="Inputs">Names of values and initializers.</param>
/// <param name="Output">Name of the value it makes.</param>
/// <param name="Attributes">In alphabetical order, as exporters write them.</param>
public sealed record OnnxNode(
    string Type, string Name, IReadOnlyList<string> Inputs, string Output, IReadOnlyList<OnnxAttribute> Attributes)
{
    /// <summary>The integers of an attribute that the node has; one where it holds a single integer.</summary>
    public IReadOnlyList<long> NumbersOf(string attribute)
    {
        OnnxAttribute found = Attributes.First(candidate => candidate.Name == attribute);
        return found.Integers ?? [found.Value ?? throw new InvalidOperationException($"{Name}: {attribute} is not an integer.")];
    }

    /// <summary>The integer of an attribute that the node has, the first of several.</summary>
    public int NumberOf(string attribute) => (int)NumbersOf(attribute)[0];
}
