namespace Export.Onnx;

/// <summary>An attribute of a node; exactly one kind of value is set.</summary>
public sealed class OnnxAttribute
{
    /// <summary>A list of integers.</summary>
    public OnnxAttribute(string name, params long[] integers) => (Name, Integers) = (name, integers);

    private OnnxAttribute(string name, long? value, float? number) => (Name, Value, Fraction) = (name, value, number);

    public string Name { get; }

    internal long[]? Integers { get; }

    internal long? Value { get; }

    internal float? Fraction { get; }

    public static OnnxAttribute Of(string name, long value) => new(name, value, null);

    public static OnnxAttribute Of(string name, float value) => new(name, null, value);
}
