namespace Export.Checkpoints;

/// <summary>The allow-list: names in a pickle to what they stand for.</summary>
internal static class PickleGlobals
{
    /// <summary>Looks a global up; every other name is refused, whatever it is.</summary>
    public static PickleGlobal Find(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => PickleGlobal.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2") => PickleGlobal.RebuildTensor,
        ("torch._utils", "_rebuild_parameter") => PickleGlobal.RebuildParameter,
        ("torch", "FloatStorage") => PickleGlobal.FloatStorage,
        ("torch", "DoubleStorage") => PickleGlobal.DoubleStorage,
        ("torch", "HalfStorage") => PickleGlobal.HalfStorage,
        ("torch", "BFloat16Storage") => PickleGlobal.BFloat16Storage,
        ("torch", "LongStorage") => PickleGlobal.LongStorage,
        ("torch", "IntStorage") => PickleGlobal.IntStorage,
        ("torch", "ShortStorage") => PickleGlobal.ShortStorage,
        ("torch", "CharStorage") => PickleGlobal.CharStorage,
        ("torch", "ByteStorage") => PickleGlobal.ByteStorage,
        ("torch", "BoolStorage") => PickleGlobal.BoolStorage,
        _ => throw new CheckpointException(
            $"its pickle refers to '{Printable(module)}.{Printable(name)}', which is not on the allow-list of a state dictionary; " +
            "nothing was executed. If this is a whole pickled model, save model.state_dict() instead."),
    };

    /// <summary>The element type of a storage class.</summary>
    public static ElementType ElementTypeOf(object? storageClass) => storageClass switch
    {
        PickleGlobal.FloatStorage => ElementType.Float32,
        PickleGlobal.DoubleStorage => ElementType.Float64,
        PickleGlobal.HalfStorage => ElementType.Float16,
        PickleGlobal.BFloat16Storage => ElementType.BFloat16,
        PickleGlobal.LongStorage => ElementType.Int64,
        PickleGlobal.IntStorage => ElementType.Int32,
        PickleGlobal.ShortStorage => ElementType.Int16,
        PickleGlobal.CharStorage => ElementType.Int8,
        PickleGlobal.ByteStorage => ElementType.UInt8,
        PickleGlobal.BoolStorage => ElementType.Bool,
        _ => throw new CheckpointException("a persistent id of its pickle does not name a storage class."),
    };

    /// <summary>Keeps control characters of an untrusted name out of a terminal, and the message short.</summary>
    public static string Printable(string text)
    {
        string shortened = text.Length > 100 ? text[..100] + "…" : text;
        return string.Concat(shortened.Select(c => char.IsControl(c) ? '?' : c));
    }
}
